"""The acts of the lifecycle: each its own address and body, under the same rules as on the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from egov.casework import actions, queries
from egov.intake import actions as intake
from egov.intake import queries as forms
from portals.api.serializers import cases as s
from portals.api.serializers.base import Strict
from portals.api.views.base import IF_MATCH, ActorView, expected_version, precondition, with_etag
from portals.api.views.filing import pointing_at_answers


@dataclass(frozen=True)
class ActOfCase:
    """``says`` is its line in the documentation."""

    do: Callable[..., Any]
    body: type[Strict]
    says: str


ACTS: dict[str, ActOfCase] = {
    "accept": ActOfCase(actions.accept, s.NotedAct, "受理: the clocks of the decision start."),
    "not_accept": ActOfCase(actions.not_accept, s.ReasonedAct, "不予受理, in writing with the reason."),
    "redirect": ActOfCase(actions.redirect_case, s.RedirectAct, "The matter belongs to an organ outside."),
    "transfer": ActOfCase(actions.transfer_case, s.TransferAct, "Another unit of the platform is competent."),
    "request_correction": ActOfCase(actions.request_correction, s.RequestCorrectionAct, "补正: everything at once."),
    "answer_correction": ActOfCase(intake.answer_correction, s.AnswerCorrectionAct, "Correct what was listed."),
    "accept_change": ActOfCase(intake.accept_change, s.NotedAct, "Take over the answers that the applicant corrects."),
    "refuse_change": ActOfCase(actions.refuse_change, s.ReasonedAct, "Leave the answers as they are, and say why."),
    "suspend": ActOfCase(actions.suspend, s.SuspendAct, "A special procedure whose time does not count."),
    "resume": ActOfCase(actions.resume, s.ResumeAct, "The clocks run on."),
    "propose_extension": ActOfCase(actions.propose_extension, s.ProposeExtensionAct, "Ask for more time."),
    "extend": ActOfCase(partial(actions.decide_extension, approved=True), s.NotedAct, "Approve more time."),
    "refuse_extension": ActOfCase(partial(actions.decide_extension, approved=False), s.NotedAct, "Refuse more time."),
    "ask_opinion": ActOfCase(actions.ask_opinion, s.AskOpinionAct, "Ask another department."),
    "complete_step": ActOfCase(actions.complete_step, s.CompleteStepAct, "Finish a step of the review."),
    "draft_decision": ActOfCase(actions.draft_decision, s.DraftDecisionAct, "Hand the decision over for signature."),
    "return_draft": ActOfCase(actions.return_draft, s.ReturnDraftAct, "Send the draft back and say why."),
    "sign_decision": ActOfCase(actions.sign_decision, s.NotedAct, "The last signature makes the decision."),
    "deliver": ActOfCase(actions.deliver, s.NotedAct, "What was decided is handed over."),
    "close": ActOfCase(actions.close, s.PlainAct, "办结: nothing more to do."),
    "fetch_evidence": ActOfCase(actions.fetch_again, s.FetchAct, "Fetch a shared material again, if agreed to."),
    "withdraw": ActOfCase(actions.withdraw, s.WithdrawAct, "The applicant takes it back."),
    "terminate": ActOfCase(actions.terminate, s.ReasonedAct, "The procedure ends without a decision."),
    "send_message": ActOfCase(actions.send_message, s.MessageRequest, "A line on the case, both ways."),
    "rate": ActOfCase(actions.rate, s.RateAct, "Five levels, once."),
    "rate_again": ActOfCase(actions.rate_again, s.RateAgainAct, "What the answer to a bad rating was worth, once."),
    "verify_rating": ActOfCase(actions.verify_rating, s.VerifyRatingAct, "The call-back about a bad rating."),
    "rectify_rating": ActOfCase(actions.rectify_rating, s.RectifyRatingAct, "What the unit did about a bad rating."),
}


class Act(ActorView):
    throttle_scope = "submit"
    act: ActOfCase

    def _post(self, request: Request, capacity: str, reference: str) -> Response:
        given = self.body(self.act.body)
        version = expected_version(request, given.pop("lock_version", None))
        if version is not None:
            given["lock_version"] = version
        with precondition(request):
            self._do(reference, given)
        row = queries.summary_of(reference)
        return with_etag(Response(s.CaseSerializer(row).data), row.lock_version)

    def _do(self, reference: str, given: dict[str, Any]) -> None:
        if "answers" not in given:
            self.act.do(self.actor, case=reference, **given)
            return
        asked = forms.open_correction(self.actor, case=reference)
        with pointing_at_answers(asked.form, self.act.body.members()):
            self.act.do(self.actor, case=reference, **given)


def urlpatterns() -> list[URLPattern]:
    """``cases/<reference>/acts/<act>``, one route an act."""
    return [path(f"cases/<str:reference>/acts/{key}", _view(key, act), name=f"act_{key}") for key, act in ACTS.items()]


def _view(key: str, act: ActOfCase) -> Any:
    documented = extend_schema(
        request=act.body,
        parameters=[IF_MATCH] if "lock_version" in act.body.members() else [],
        responses=s.CaseSerializer,
        operation_id=f"case_{key}",
        description=act.says,
        tags=["acts"],
    )

    def post(self: Act, request: Request, capacity: str, reference: str) -> Response:
        return self._post(request, capacity, reference)

    name = "".join(word.capitalize() for word in key.split("_"))
    view: type[Act] = type(f"{name}Act", (Act,), {"act": act, "post": documented(post), "__module__": __name__})
    return view.as_view()
