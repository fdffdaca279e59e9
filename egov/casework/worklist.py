"""How cases take part in the to-do list: next actions, and what a finished step means. Private to this room."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from egov.casework import deciding, moving
from egov.casework.models import Case, Decision, OpinionRequest
from egov.casework.rules import lifecycle
from egov.kernel.actor import Actor
from egov.kernel.errors import Text, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.work.models import Plan, WorkItem
from egov.work.registry import Hint, SubjectHandler, subject_handlers

# Whoever takes one of these has the case in hand.
HANDLING = frozenset({"accept", "review", "inspection", "task", "decide"})


def lock(ref: Ref) -> None:
    moving.lock(ref.key)


def next_actions(_actor: Actor, items: Sequence[WorkItem]) -> Mapping[int, Hint]:
    """One statement for any number of items."""
    references = {Ref.parse(item.subject).key for item in items}
    waiting = Q(opinions__answered_at__isnull=True, opinions__withdrawn_at__isnull=True)
    cases = {
        row["reference"]: row
        for row in Case.objects.filter(reference__in=references)
        .annotate(
            opinions_open=Count("opinions", filter=waiting),
            opinions_back=Exists(OpinionRequest.objects.filter(case=OuterRef("pk"), answered_at__isnull=False)),
            drafted=Exists(Decision.objects.filter(case=OuterRef("pk"), signed_at__isnull=True)),
            asked=ArraySubquery(_open_opinions()),
        )
        .values("reference", "state", "about", "applicant_id", "opinions_open", "opinions_back", "drafted", "asked")
    }
    found = ((item, cases.get(Ref.parse(item.subject).key)) for item in items)
    return {item.pk: _hint(item, row) for item, row in found if row is not None}


def _open_opinions() -> QuerySet[OpinionRequest, Any]:
    asked = OpinionRequest.objects.filter(case=OuterRef("pk"), answered_at__isnull=True, withdrawn_at__isnull=True)
    return asked.order_by("id").values(row=JSONObject(id="id", unit="unit_id"))


def _hint(item: WorkItem, row: Mapping[str, Any]) -> Hint:
    if item.kind == "opinion_answer":
        # Who is asked sees the question and what was shared for it, not the case nor whom it concerns.
        page = next((Ref("opinion", str(each["id"])) for each in row["asked"] if each["unit"] == item.unit_id), None)
        return Hint(action=_action(item, row), page=page)
    marks: list[Text] = []
    if row["about"]:
        marks.append(_("Contests a decision"))
    if row["opinions_back"]:
        marks.append(_("Opinion given"))
    return Hint(
        action=_action(item, row),
        marks=tuple(marks),
        waiting=_waiting(item, row),
        concerns=Ref("party", str(row["applicant_id"])),
    )


def _waiting(item: WorkItem, row: Mapping[str, Any]) -> Text:
    if row["state"] == lifecycle.SUSPENDED and item.kind not in ("inspection", "task"):
        return _("Special procedure")
    if row["opinions_open"] and item.kind in ("decide", "sign"):
        return ngettext_lazy("%(n)d opinion", "%(n)d opinions", row["opinions_open"]) % {"n": row["opinions_open"]}
    return ""


def _action(item: WorkItem, row: Mapping[str, Any]) -> Text:
    if item.kind == "decide":
        if row["opinions_open"]:
            return _("Wait for the opinion")
        return _("Finish the draft") if row["drafted"] else _("Write the decision")
    return _ACTIONS.get(item.kind, _("Finish the step"))


_ACTIONS: dict[str, Text] = {
    "accept": _("Accept, or ask for corrections"),
    "sign": _("Check and sign"),
    "inspection": _("Inspect and record"),
    "opinion_answer": _("Give the opinion"),
    "extension": _("Decide on the extension"),
    "message": _("Answer the message"),
    "change": _("Take the change over, or say why not"),
    "deliver": _("Hand over"),
    "verify_rating": _("Call back"),
    "rectify": _("Put right and answer"),
}


def check_completion(_actor: Actor, _item: WorkItem, _outcome: str) -> None:
    """An item of a case is done by an act on the case, which checks, writes the story and tells; never by itself."""
    if not moving.inside_an_act():
        raise TransitionNotAllowed(_("Open the case and act there."))


def on_claimed(actor: Actor, item: WorkItem) -> None:
    if item.kind in HANDLING:
        Case.objects.filter(reference=Ref.parse(item.subject).key).update(handler_id=actor.post_id)


def on_plan_finished(actor: Actor, plan: Plan) -> None:
    deciding.conclude(actor, Ref.parse(plan.subject).key)


subject_handlers.add(
    "case",
    SubjectHandler(
        lock=lock,
        next_actions=next_actions,
        check_completion=check_completion,
        on_claimed=on_claimed,
        on_plan_finished=on_plan_finished,
    ),
)
