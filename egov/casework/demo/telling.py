"""What every part of a tale stands on: the rows told so far, and how an act writes them. See ``tale``."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egov.casework import letters, moving, opening
from egov.casework.actions import CaseSpec
from egov.casework.actions.filing import prepare
from egov.casework.demo.officers import Officers
from egov.casework.models import (
    CaseFile,
    CorrectionRequest,
    Decision,
    Extension,
    Message,
    OpinionRequest,
    Rating,
    Suspension,
    Transition,
)
from egov.casework.rules.lifecycle import TRANSITIONS
from egov.deadlines.actions import ClockSpec
from egov.deadlines.demo import PastClocks
from egov.deadlines.models import Clock
from egov.documents.actions import DocumentSpec
from egov.documents.models import StoredFile
from egov.identity.models import Party, Unit
from egov.kernel.actor import Actor
from egov.kernel.events import Event
from egov.kernel.refs import Ref
from egov.work.demo import PastWork
from egov.work.models import WorkItem


@dataclass(frozen=True)
class Deed:
    """What somebody did, and when: the name of the action and what it was given."""

    at: dt.datetime
    act: str
    actor: Actor
    how: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Noted:
    """An entry for the journal; a reference may need a key that only the database gives."""

    at: dt.datetime
    actor: Actor
    action: str
    refs: Sequence[Ref | Callable[[], Ref]]
    content: Any = None


@dataclass(frozen=True)
class Paper:
    """A document to lay; ``decision`` marks the letter of the decision, which lists what was granted."""

    at: dt.datetime
    actor: Actor
    spec: DocumentSpec


@dataclass(frozen=True)
class Raised:
    """A late item that was put before who leads its unit."""

    at: dt.datetime
    item: WorkItem
    due_at: dt.datetime


@dataclass(frozen=True)
class Granting:
    """The decision as it was made: effects, credentials and the letter follow when it is written."""

    at: dt.datetime
    actor: Actor


class Telling:
    """A case being told: its rows, not yet written."""

    def __init__(
        self, actor: Actor, spec: CaseSpec, at: dt.datetime, *, applicant: Party, unit: Unit, officers: Officers
    ) -> None:
        opened = prepare(spec, at)
        self.case, self.procedure = opened.case, opened.procedure
        self.case.applicant, self.case.unit, self.case.department = applicant, unit, unit.department
        self.applicant, self.officers, self.now, self.opened_at = actor, officers, at, at
        self.opened_promise = self.case.promised_due_at
        self.clocks, self.work = PastClocks(), PastWork()
        self.transitions: list[Transition] = []
        self.files = [CaseFile(case=self.case, material=name, file_id=pk, added_at=at) for name, pk in spec.files]
        self.corrections: list[CorrectionRequest] = []
        self.opinions: list[OpinionRequest] = []
        self.suspensions: list[Suspension] = []
        self.extensions: list[Extension] = []
        self.messages: list[Message] = []
        self.decision: Decision | None = None
        self.granting: Granting | None = None
        self.rating: Rating | None = None
        self.noted: list[Noted] = []
        self.papers: list[Paper] = []
        self.events: list[tuple[dt.datetime, Callable[[], Event]]] = []
        self.raised: list[Raised] = []
        self.rows: list[tuple[str, str]] = []  # what the letter of the decision lists
        self.read_at: Callable[[dt.datetime], dt.datetime | None] = lambda _at: None  # when a notice was read
        self.deeds: list[Deed] = []

    @property
    def ref(self) -> Ref:
        return moving.ref_of(self.case)

    @property
    def state(self) -> str:
        return self.case.state

    def attach(self, material: str, file: StoredFile, origin: str = "uploaded") -> None:
        """A file that has no row yet."""
        self.files.append(CaseFile(case=self.case, material=material, file=file, origin=origin, added_at=self.now))

    def until(self, moment: dt.datetime) -> None:
        """What the platform does by itself before ``moment``."""
        raise NotImplementedError

    # --- Parts of an act ----------------------------------------------------------------------------------

    def _begin(self, at: dt.datetime, act: str, actor: Actor, **how: Any) -> None:
        self.until(at)
        self._deed(at, act, actor, **how)

    def _deed(self, at: dt.datetime, act: str, actor: Actor, **how: Any) -> None:
        self.now = at
        self.deeds.append(Deed(at, act, actor, how))

    def _start_clock(self, kind: str, limit: int, unit: str, basis: Sequence[Any]) -> Clock:
        spec = ClockSpec(
            subject=self.ref,
            kind=kind,
            limit=limit,
            unit=unit,
            department_id=self.case.department_id,
            basis=opening.words(basis),
            started_at=self.now,
        )
        return self.clocks.start(spec, self.now)

    def _finish(
        self,
        key: str,
        actor: Actor,
        *,
        note: str = "",
        changes: Mapping[str, Any] | None = None,
        refs: Sequence[Ref | Callable[[], Ref]] = (),
        content: Any = None,
    ) -> None:
        """See ``moving.finish``."""
        act, case, before = TRANSITIONS[key], self.case, self.case.state
        for name, value in (changes or {}).items():
            setattr(case, name, value)
        if not act.quiet:
            case.state, case.lock_version = act.target(before), case.lock_version + 1
        if act.in_story:
            self._move(key, actor, before=before, after=case.state, note=note)
        if content is None:
            content = {"before": before, "after": case.state, "note": note}
        self._note(actor, f"casework.{key}", *refs, content=content)
        if case.state != before or act.tells:
            changed = moving.changed(case, before, key)
            self._tell(lambda: changed)

    def _move(
        self, key: str, actor: Actor, *, before: str, after: str, note: str = "", basis: list[Any] | None = None
    ) -> None:
        act = TRANSITIONS[key]
        if basis is None:
            basis = moving.basis_of(self.procedure, act.article, self.case.version.legal_basis) if before else []
        story = moving.story(actor, act, self.case, before, self.now, note=note, basis=basis)
        self.transitions.append(Transition(**{**story, "after": after}, case=self.case))

    def _note(
        self, actor: Actor, action: str, *refs: Ref | Callable[[], Ref], content: Any = None, party: bool = True
    ) -> None:
        named = [self.ref, *([Ref("party", str(self.case.applicant_id))] if party else []), *refs]
        self.noted.append(Noted(self.now, actor, action, named, content))

    def _tell(self, event: Callable[[], Event]) -> None:
        self.events.append((self.now, event))

    def _paper(self, actor: Actor, spec: DocumentSpec) -> None:
        self.papers.append(Paper(self.now, letters.issuer(actor, self.case), spec))


def key_of(kind: str, row: Any) -> Callable[[], Ref]:
    return lambda: Ref(kind, str(row.pk))
