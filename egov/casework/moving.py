"""One act on a case: lock, ask, write. Every action goes through here. Private to this room."""

import contextvars
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from egov.casework import facts
from egov.casework.models import Case, Transition
from egov.casework.rules import guards, lifecycle
from egov.casework.rules.lifecycle import TRANSITIONS, Act
from egov.catalogue import queries as catalogue
from egov.contracts.cases import CaseChanged
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, StaleVersion
from egov.kernel.events import Event
from egov.kernel.refs import Ref
from egov.law.rules import ProcedureDefinition
from egov.work import actions as work_actions


def ref_of(case: Case) -> Ref:
    return Ref("case", case.reference)


@dataclass
class Move:
    """An act under way: the locked case, what the guards saw, who acts in which part."""

    actor: Actor
    act: Act
    case: Case
    procedure: ProcedureDefinition
    facts: guards.Facts
    party: lifecycle.Party
    now: dt.datetime

    @property
    def ref(self) -> Ref:
        return ref_of(self.case)

    def basis(self, article: str = "") -> list[dict[str, str]]:
        """The articles of the procedure for this act (or another one)."""
        return basis_of(self.procedure, article or self.act.article, self.case.version.legal_basis)


def basis_of(procedure: ProcedureDefinition, article: str, legal_basis: Sequence[Mapping[str, str]]) -> list[Any]:
    if not article:
        return []
    return [
        {"instrument": each.instrument, "article": each.article} for each in procedure.articles_of(article, legal_basis)
    ]


def lock(reference: str) -> None:
    """Lock the case's row. Raises ``NotFound``."""
    if Case.objects.select_for_update().filter(reference=reference).values_list("pk").first() is None:
        raise NotFound


def load(reference: str) -> Case:
    """The case with facts, version, service and applicant."""
    case = (
        facts.with_facts(Case.objects.all())
        .select_related("applicant", "department__party", "unit")
        .filter(reference=reference)
        .first()
    )
    if case is None:
        raise NotFound
    # Versions never change and are kept in memory: their forms and plans are the larger part of a case.
    case.version = catalogue.version(case.version_id)
    case.service = case.version.service
    return case


_inside = contextvars.ContextVar("casework_act", default=False)


def inside_an_act() -> bool:
    """Whether an act of this room is under way: only then may an item of a case be completed."""
    return _inside.get()


def complete_item(actor: Actor, item_id: int, **how: Any) -> None:
    """Complete a work item as a part of an act."""
    token = _inside.set(True)
    try:
        work_actions.complete(actor, item_id=item_id, **how)
    finally:
        _inside.reset(token)


def begin(actor: Actor, act: str, case: str, lock_version: int | None = None) -> Move:
    """Lock the case and ask whether the act is allowed.

    ``lock_version`` is the one the page was made from; None skips the check. Raises ``NotFound`` for a stranger,
    ``NotPermitted``, ``StaleVersion``, ``TransitionNotAllowed`` or the typed error of a guard.
    """
    lock(case)
    row = load(case)
    procedure = facts.procedure_of(row)
    move = Move(
        actor=actor,
        act=TRANSITIONS[act],
        case=row,
        procedure=procedure,
        facts=facts.facts_of(row, procedure),
        party=facts.party_of(actor, row),
        now=clock.now(),
    )
    if not move.party.parts:
        raise NotFound
    if lock_version is not None and lock_version != row.lock_version:
        raise StaleVersion
    obstacle = lifecycle.refusal(move.act, move.facts, move.party)
    if obstacle is not None:
        raise obstacle
    return move


def finish(
    move: Move,
    *,
    note: str = "",
    changes: Mapping[str, Any] | None = None,
    events: Sequence[Event] = (),
    refs: Sequence[Ref] = (),
    content: Any = None,
) -> Case:
    """Write the move: case, story, journal, events (one statement each)."""
    case, before = move.case, move.case.state
    written = dict(changes or {})
    if not move.act.quiet:
        written |= {"state": move.act.target(before), "lock_version": case.lock_version + 1}
    for name, value in written.items():
        setattr(case, name, value)
    if written:
        case.save(update_fields=[*written])
    if move.act.in_story:
        Transition.objects.create(
            **story(move.actor, move.act, case, before, move.now, note=note, basis=move.basis()), case=case
        )
    journal.record(
        move.actor,
        f"casework.{move.act.key}",
        move.ref,
        Ref("party", str(case.applicant_id)),
        *refs,
        content=content if content is not None else {"before": before, "after": case.state, "note": note},
    )
    told = [*events]
    if case.state != before or move.act.tells:
        told.insert(0, changed(case, before, move.act.key))
    if told:
        outbox.emit(*told, request_id=move.actor.request_id)
    return case


def story(
    actor: Actor, act: Act, case: Case, before: str, now: dt.datetime, *, note: str = "", basis: Any = ()
) -> dict[str, Any]:
    """The columns of a ``Transition``."""
    return {
        "at": now,
        "act": act.key,
        "before": before,
        "after": act.target(before),
        "by_post_id": actor.post_id,
        "by_party_id": actor.party_id,
        "capacity": actor.capacity[:40],
        "note": note,
        "basis": list(basis),
        "public": act.public,
    }


def changed(case: Case, before: str, act: str) -> CaseChanged:
    return CaseChanged(
        case=case.reference,
        matter=case.matter,
        service=case.service.code,
        applicant_id=case.applicant_id,
        before=before,
        after=case.state,
        act=act,
    )
