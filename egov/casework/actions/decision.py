"""The decision: drafted by whoever reviewed, signed by whom the plan names; then delivered and closed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import deciding, errors, facts
from egov.casework.models import Case, Decision
from egov.casework.moving import Move, begin, complete_item, finish
from egov.casework.rules import decisions
from egov.casework.rules.lifecycle import ACCEPTED, TRANSITIONS
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound
from egov.law import queries as law
from egov.work import queries as work
from egov.work import rules as plans


@transaction.atomic
def save_draft(
    actor: Actor,
    *,
    case: str,
    outcome: str,
    reasons: str = "",
    citations: Sequence[Mapping[str, str]] = (),
    conditions: str = "",
    data: Mapping[str, Any] | None = None,
    lock_version: int | None = None,
) -> Decision:
    """Keep what is written so far; nothing is handed over. Raises ``InvalidInput`` for an unknown outcome or article."""
    move = begin(actor, "draft_decision", case, lock_version)
    return _write(move, outcome, reasons, citations, conditions, data)


@transaction.atomic
def draft_decision(
    actor: Actor,
    *,
    case: str,
    outcome: str,
    reasons: str = "",
    citations: Sequence[Mapping[str, str]] = (),
    conditions: str = "",
    data: Mapping[str, Any] | None = None,
    note: str = "",
    lock_version: int | None = None,
) -> Decision:
    """Hand the decision over for signature. Where the plan names no signature, whoever drafts decides at once.

    Raises ``InvalidInput`` naming what is missing (a refusal needs reasons and articles), ``StepsOutstanding``,
    ``OpinionOutstanding``, ``FourEyes``.
    """
    move = begin(actor, "draft_decision", case, lock_version)
    hand = _hand(move, "decide")
    decision = _write(move, outcome, reasons, citations, conditions, data)
    deciding.check_complete(move.procedure, decision)
    finish(move, note=note, content={"outcome": outcome, "reasons": reasons, "citations": list(citations)})
    complete_item(actor, hand.id, outcome=_onward(hand), note=note)
    if not hand.is_step:
        deciding.conclude(actor, case)
    decision.refresh_from_db()
    return decision


def _hand(move: Move, kind: str) -> facts.Hand:
    """The open item of this kind; its guard has answered before when there is none."""
    hand = next((each for each in facts.hands_of(move.case) if each.kind == kind), None)
    if hand is None:
        raise errors.StepsOutstanding
    return hand


def _onward(hand: facts.Hand) -> str:
    """The outcome of the step with which its plan goes on; the decision itself says the rest."""
    step = work.step_of(hand.id)
    return step.first_forward() if step else plans.DONE


def _write(
    move: Move,
    outcome: str,
    reasons: str,
    citations: Sequence[Mapping[str, str]],
    conditions: str,
    data: Mapping[str, Any] | None,
) -> Decision:
    if outcome not in decisions.OUTCOMES:
        raise InvalidInput.at("outcome", "required", _("Choose the outcome."))
    articles = [{"instrument": each["instrument"], "article": each.get("article", "")} for each in citations]
    for number, each in enumerate(articles):
        try:
            law.citation_text(each["instrument"], each["article"])
        except NotFound as error:
            raise InvalidInput.at(f"citations/{number}", "unknown", error.message) from error
    verdict = deciding.advice_on(move.case)
    decision, _created = Decision.objects.update_or_create(
        case=move.case,
        defaults={
            "outcome": outcome,
            "reasons": reasons.strip(),
            "citations": articles,
            "conditions": conditions.strip(),
            "data": dict(data or {}),
            "trace": verdict.trace if verdict else None,
            "drafted_by_id": move.actor.post_id,
            "drafted_at": move.now,
        },
    )
    return decision


@transaction.atomic
def return_draft(actor: Actor, *, case: str, note: str, lock_version: int | None = None) -> Case:
    """Whoever should sign sends the draft back and says why; the step before runs another round."""
    move = begin(actor, "return_draft", case, lock_version)
    hand = _hand(move, "sign")
    told = note.strip()
    if not told:
        raise InvalidInput.at("note", "required", _("Say what has to be changed."))
    step = work.step_of(hand.id)
    back = next((outcome.key for outcome in step.outcomes if outcome.back_to), "") if step else ""
    if not back:
        raise errors.NotTheSignStep
    finish(move, note=told)
    complete_item(actor, hand.id, outcome=back, note=told)
    return move.case


@transaction.atomic
def sign_decision(actor: Actor, *, case: str, note: str = "", lock_version: int | None = None) -> Case:
    """The last signature makes the decision: effects, credentials, letter and delivery follow in this transaction.

    Raises ``FourEyes`` for whoever drafted, ``NotYourTask``, ``NotTheSignStep``, and what an effect objects to.
    """
    move = begin(actor, "sign_decision", case, lock_version)
    hand = _hand(move, "sign")
    complete_item(actor, hand.id, outcome=_onward(hand), note=note)
    move.case.refresh_from_db(fields=["state", "lock_version"])
    if move.case.state == ACCEPTED:
        move.act = TRANSITIONS["countersign"]
        finish(move, note=note)
    return Case.objects.get(pk=move.case.pk)


@transaction.atomic
def deliver(actor: Actor, *, case: str, note: str = "", lock_version: int | None = None) -> Case:
    """What was decided is handed over (window, post); from now on the time for remedies runs."""
    move = begin(actor, "deliver", case, lock_version)
    return deciding.deliver(move, Decision.objects.get(case=move.case), note=note)


@transaction.atomic
def close(actor: Actor, *, case: str, lock_version: int | None = None) -> Case:
    """办结: delivered and nothing more to do."""
    move = begin(actor, "close", case, lock_version)
    return finish(move, changes={"closed_at": move.now})
