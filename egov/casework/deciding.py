"""What a decision brings about: effects, credentials, letter, citations. Private to this room.

Runs in the deciding transaction, so that decision and registers stand or fall together.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from django.db import transaction

from egov.casework import letters, moving, opening
from egov.casework.facts import contest_by, facts_of, procedure_of
from egov.casework.models import Case, CaseState, Decision, Outcome, Transition
from egov.casework.registry import effects
from egov.casework.rules import decisions
from egov.casework.rules.guards import no_change_open, no_opinion_open
from egov.casework.rules.letters import money_in_words
from egov.casework.rules.lifecycle import TRANSITIONS, UNDER_REVIEW, Party, Who
from egov.contracts.cases import CaseDecided
from egov.deadlines import actions as deadlines
from egov.deadlines.actions import ClockSpec
from egov.deadlines.rules import plus_months
from egov.documents import actions as documents
from egov.documents.models import Credential
from egov.identity.models import Party as PartyRow
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import EgovError, InvalidInput, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise
from egov.law import actions as law_actions
from egov.law import queries as law
from egov.law.rules import ProcedureDefinition
from egov.work import actions as work

logger = structlog.get_logger(__name__)

FAVOURABLE = (Outcome.GRANTED, Outcome.PARTLY)
PAYMENT = "payment.amount"  # the output that says what was ordered to be paid


@dataclass(frozen=True)
class Verdict:
    """What a decision table says about a case: advice for an officer, or the decision itself when it grants."""

    outcome: str
    reasons: str
    citations: Sequence[Mapping[str, str]] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    trace: Mapping[str, Any] | None = None


def advice_on(case: Case) -> Verdict | None:
    """What the service's table advises the officer; a service that decides at once advises with the same table."""
    return _verdict(case, case.version.auto_advice or case.version.auto_decision)


def _verdict(case: Case, auto: Mapping[str, Any] | None) -> Verdict | None:
    return verdict_on(auto, case.answers, language=case.language, case=case.reference)


def verdict_on(
    auto: Mapping[str, Any] | None, answers: Mapping[str, Any], *, language: str, case: str = ""
) -> Verdict | None:
    """What a table or a fixed outcome says; None when there is none or the answers do not fit it."""
    if not auto:
        return None
    if "table" not in auto:
        return Verdict(auto["outcome"], localise(auto.get("reasons"), language))
    try:
        result = law.evaluate_table(auto["table"], answers)
    except law.EvaluationError as error:
        logger.warning("auto_decision_not_evaluated", table=auto["table"], case=case, error=str(error))
        return None
    output = dict(result.output)
    return Verdict(
        outcome=str(output.pop("outcome", "")),
        reasons=localise(result.trace.get("says"), language),
        citations=result.trace.get("articles", ()),
        data=output,
        trace=result.trace,
    )


def instant_verdict(case: Case) -> Verdict | None:
    """What the table of an instant service says when it grants; None leaves the case to an officer."""
    verdict = _verdict(case, case.version.auto_decision)
    return verdict if verdict is not None and verdict.outcome == Outcome.GRANTED else None


def at_once(case: Case, procedure: ProcedureDefinition) -> bool:
    """Grant an instant service on the spot; False leaves the case to an officer.

    A machine only grants: whoever is to be refused is refused by a person (Personal Information Protection Law
    art. 24). What an effect objects to is for a person to look at as well.
    """
    verdict = instant_verdict(case)
    if verdict is None:
        return False
    try:
        with transaction.atomic():
            _decide_at_once(case, procedure, verdict)
    except EgovError as error:
        logger.warning("decision_at_once_failed", case=case.reference, code=error.code, error=str(error))
        case.refresh_from_db(fields=list(_WRITTEN))
        return False
    return True


_WRITTEN = ("state", "outcome", "accepted_at", "decided_at", "delivered_at", "lock_version")


def _decide_at_once(case: Case, procedure: ProcedureDefinition, verdict: Verdict) -> None:
    now = clock.now()
    decision = Decision(
        case=case,
        outcome=verdict.outcome,
        reasons=verdict.reasons,
        citations=list(verdict.citations),
        data=dict(verdict.data),
        trace=verdict.trace,
        drafted_at=now,
        signed_at=now,
    )
    case.outcome, case.accepted_at, case.decided_at = verdict.outcome, now, now
    carry_out(SYSTEM, case, procedure, decision)
    moves = ["accept_at_once", "decide_at_once"]
    if delivered_electronically(case):
        moves.append("deliver")
        hand_over(case, procedure, decision, now)
    rows = []
    state: str = CaseState.RECEIVED
    for key in moves:
        act = TRANSITIONS[key]
        basis = moving.basis_of(procedure, act.article, case.version.legal_basis)
        rows.append(Transition(**moving.story(SYSTEM, act, case, state, now, basis=basis), case=case))
        state = act.after
    case.state, case.lock_version = state, case.lock_version + len(moves)
    decision.save()
    case.save(update_fields=list(_WRITTEN))
    Transition.objects.bulk_create(rows)
    journal.record(
        SYSTEM,
        "casework.decide_at_once",
        moving.ref_of(case),
        Ref("party", str(case.applicant_id)),
        content={"outcome": case.outcome, "trace": verdict.trace},
    )
    outbox.emit(moving.changed(case, CaseState.RECEIVED, "decide_at_once"), decided(case, decision))


def decided(case: Case, decision: Decision) -> CaseDecided:
    return CaseDecided(
        case=case.reference,
        matter=case.matter,
        service=case.service.code,
        applicant_id=case.applicant_id,
        outcome=decision.outcome,
        outputs=decision.data,
    )


def carry_out(
    actor: Actor, case: Case, procedure: ProcedureDefinition, decision: Decision, *, signatory: str = ""
) -> None:
    """Effects, then credentials, then the letter. Sets ``data`` and ``letter``; the caller saves the decision.

    Raises whatever an effect raises: the decision then does not stand.
    """
    outputs: dict[str, Any] = dict(decision.data)
    for entry in case.version.effects:
        if decision.outcome in entry.get("on", FAVOURABLE):
            decision.data = outputs
            outputs |= effects.get(entry["key"]).apply(actor, case, decision, dict(entry.get("options", {})))
    rows: list[tuple[str, str]] = []
    if decision.outcome in FAVOURABLE:
        for output in outputs_of(case):
            if output.get("credential"):
                credential = _issue(actor, case, output, outputs)
                outputs[f"{output['key']}.number"] = credential.number
                rows.append((localise(output["name"], case.language), credential.number))
        outputs |= produced_by(case, outputs)
        rows += paid(case, outputs)
    decision.data = outputs
    decision.letter = letters.decision(actor, case, procedure, decision, rows=rows, signatory=signatory)
    if decision.citations:
        law_actions.cite(actor, citing=moving.ref_of(case), citations=decision.citations)


def paid(case: Case, outputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the letter says of the payment that was ordered, if one was."""
    if (amount := outputs.get(PAYMENT)) is None:
        return []
    shown = money_in_words(amount, case.language)
    return [(localise(row["name"], case.language), shown) for row in outputs_of(case) if row["type"] == "money"]


def outputs_of(case: Case) -> list[Mapping[str, Any]]:
    """What this case results in: an output may depend on the answers (a permit, or only a receipt)."""
    conditions = ((output, output.get("when")) for output in case.version.outputs)
    return [output for output, condition in conditions if not condition or law.holds(condition, case.answers)]


def _issue(actor: Actor, case: Case, output: Mapping[str, Any], outputs: Mapping[str, Any]) -> Credential:
    today = clock.today()
    return documents.issue_credential(
        actor,
        type=output["credential"],
        holder_id=case.applicant_id,
        issuer_id=case.department_id,
        case=case.reference,
        service=case.service.code,
        data=elements_of(case, output, outputs),
        valid_from=today,
        valid_to=valid_until(today, output.get("valid_years")),
        title=output["name"],
        template=output.get("template", "certificate"),
        language=case.language,
    )


def elements_of(case: Case, output: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the credential says: each element from an expression over answers, outputs and the applicant.

    Without a list of elements the credential carries the decision's outputs.
    """
    wanted: Mapping[str, str] = output.get("elements") or {}
    if not wanted:
        return dict(outputs)
    context = _context(case, outputs)
    return {element: _element(expression, context, outputs) for element, expression in wanted.items()}


def produced_by(case: Case, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The data elements a granted service brings into being, for the members of the matter that wait for it.

    An effect may have made some already; the others come from an output, an answer or an expression over both.
    """
    wanted: dict[str, str] = {}
    for output in outputs_of(case):
        wanted |= output.get("produces", {})
    context = _context(case, outputs)
    made = {
        element: _element(expression, context, outputs)
        for element, expression in wanted.items()
        if element not in outputs
    }
    return {element: value for element, value in made.items() if value is not None}


def _context(case: Case, outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **case.answers,
        "outputs": {key.replace(".", "_"): value for key, value in outputs.items()},
        "applicant": {"name": case.applicant.name},
        "case": {"reference": case.reference},
    }


def _element(expression: str, context: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
    if expression in outputs:
        return outputs[expression]
    if expression in context:
        return context[expression]
    return law.evaluate(expression, context)


def valid_until(start: dt.date, years: int | None) -> dt.date | None:
    """The last day of ``years`` from ``start``; None without an end."""
    return plus_months(start, 12 * years) - dt.timedelta(days=1) if years else None


def delivered_electronically(case: Case) -> bool:
    """Delivery into the applicant's own space is delivery (国务院令第716号), unless the service hands over an object."""
    modes = case.version.channel.get("delivery") or ["electronic"]
    return "electronic" in modes


def hand_over(case: Case, procedure: ProcedureDefinition, decision: Decision, now: dt.datetime) -> None:
    """The decision reached the applicant: from now on the time for remedies runs. The caller saves both rows."""
    case.delivered_at = now
    decision.contest_by = contest_by(case, procedure)


# --- The plan is at its end -------------------------------------------------------------------------------

TASK_DECIDE: LocalisedText = {"zh-Hans": "作出决定", "en": "Decide"}
TASK_DELIVER: LocalisedText = {"zh-Hans": "制证送达", "en": "Issue and deliver"}


def conclude(actor: Actor, reference: str) -> None:
    """The drafted decision stands, made by whoever did the last step of the plan; the case is locked by that act.

    A plan that ends without a draft gets one more item: to decide. Raises ``InvalidInput`` for an incomplete draft,
    ``OpinionOutstanding``, ``ChangeOutstanding``.
    """
    case = moving.load(reference)
    if case.state not in UNDER_REVIEW:
        return
    decision = Decision.objects.filter(case=case).first()
    if decision is None:
        work.open_items(
            actor, [opening.item_for(case, "decide", TASK_DECIDE, role="reviewer", due=case.promised_due_at)]
        )
        return
    move = moving.Move(
        actor=actor,
        act=TRANSITIONS["sign_decision"],
        case=case,
        procedure=procedure_of(case),
        facts=facts_of(case, procedure_of(case)),
        party=Party(frozenset({Who.OFFICER})),  # asked by the act that ended the plan
        now=clock.now(),
    )
    if case.state not in move.act.before:
        raise TransitionNotAllowed
    if (obstacle := no_opinion_open(move.facts) or no_change_open(move.facts)) is not None:
        raise obstacle
    check_complete(move.procedure, decision)
    _decide(move, decision)


def check_complete(procedure: ProcedureDefinition, decision: Decision) -> None:
    """Raises ``InvalidInput`` unless the draft may become a decision."""
    found = list(
        decisions.faults(procedure, outcome=decision.outcome, reasons=decision.reasons, citations=decision.citations)
    )
    if found:
        raise InvalidInput(found)


def _decide(move: moving.Move, decision: Decision) -> None:
    case, actor = move.case, move.actor
    decision.signed_by_id, decision.signed_at = actor.post_id, move.now
    case.outcome, case.decided_at = decision.outcome, move.now
    deadlines.stop(actor, subject=move.ref)
    work.cancel_for(actor, subject=move.ref, kinds=["accept", "extension", "opinion_answer"])
    signatory = PartyRow.objects.filter(pk=actor.person_id).values_list("name", flat=True).first() or ""
    carry_out(actor, case, move.procedure, decision, signatory=signatory)
    decision.save()
    moving.finish(
        move,
        changes={"outcome": case.outcome, "decided_at": case.decided_at},
        events=[decided(case, decision)],
        content={"outcome": decision.outcome, "reasons": decision.reasons, "citations": decision.citations},
    )
    if delivered_electronically(case):
        deliver(replace(move, actor=SYSTEM, act=TRANSITIONS["deliver"]), decision)
    else:
        _await_delivery(move)


def deliver(move: moving.Move, decision: Decision, *, note: str = "") -> Case:
    """The decision reaches the applicant."""
    hand_over(move.case, move.procedure, decision, move.now)
    decision.save(update_fields=["contest_by"])
    deadlines.stop(move.actor, subject=move.ref, kind=opening.DELIVERY)
    work.settle_items(move.actor, subject=move.ref, kinds=["deliver"], outcome="delivered")
    return moving.finish(move, note=note, changes={"delivered_at": move.case.delivered_at})


def _await_delivery(move: moving.Move) -> None:
    """Certificates go out within their own limit, outside the time for deciding (Licensing Law art. 44)."""
    due = None
    if move.procedure.delivery is not None:
        limit = move.procedure.delivery
        (started,) = deadlines.start_clocks(
            move.actor,
            [
                ClockSpec(
                    subject=move.ref,
                    kind=opening.DELIVERY,
                    limit=limit.limit,
                    unit=limit.unit,
                    department_id=move.case.department_id,
                    basis=opening.words(limit.basis),
                    started_at=move.now,
                )
            ],
        )
        due = started.due_at
    work.open_items(move.actor, [opening.item_for(move.case, "deliver", TASK_DELIVER, due=due)])
