"""Events of cases and matters."""

from dataclasses import dataclass
from typing import Any, ClassVar

from egov.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Event):
    name: ClassVar[str] = "case_opened"
    case: str
    matter: str
    service: str
    department_id: int
    applicant_id: int


@dataclass(frozen=True, kw_only=True)
class CaseChanged(Event):
    """A case went from one state to another; people concerned hear of it."""

    name: ClassVar[str] = "case_changed"
    case: str
    matter: str
    service: str
    applicant_id: int
    before: str
    after: str
    act: str


@dataclass(frozen=True, kw_only=True)
class CaseDecided(Event):
    """The decision stands. ``outputs`` are the data elements the decision produced (key -> value)."""

    name: ClassVar[str] = "case_decided"
    case: str
    matter: str
    service: str
    applicant_id: int
    outcome: str
    outputs: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CorrectionRequested(Event):
    name: ClassVar[str] = "correction_requested"
    case: str
    matter: str
    service: str
    applicant_id: int
    respond_by: str


@dataclass(frozen=True, kw_only=True)
class ChangeDecided(Event):
    """Other answers that the applicant proposed were taken over, or were not."""

    name: ClassVar[str] = "change_decided"
    case: str
    change_id: int
    applicant_id: int
    accepted: bool


@dataclass(frozen=True, kw_only=True)
class OpinionRequested(Event):
    name: ClassVar[str] = "opinion_requested"
    case: str
    opinion_id: int
    department_id: int
    procedure: str


@dataclass(frozen=True, kw_only=True)
class CaseMessageSent(Event):
    """A message was written on a case, by the applicant or by the unit."""

    name: ClassVar[str] = "case_message_sent"
    case: str
    message_id: int
    applicant_id: int
    from_applicant: bool


@dataclass(frozen=True, kw_only=True)
class CaseRated(Event):
    name: ClassVar[str] = "case_rated"
    case: str
    service: str
    department_id: int
    grade: int


@dataclass(frozen=True, kw_only=True)
class SubmissionAccepted(Event):
    name: ClassVar[str] = "submission_accepted"
    submission: str
    matter: str
    applicant_id: int
    cases: list[str]


@dataclass(frozen=True, kw_only=True)
class MembersUndone(Event):
    """Services of a matter fell away because the case ``because_of`` came to nothing. ``services``: their names."""

    name: ClassVar[str] = "members_undone"
    matter: str
    applicant_id: int
    because_of: str
    services: list[dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class DeadlineMissed(Event):
    name: ClassVar[str] = "deadline_missed"
    case: str
    service: str
    applicant_id: int
    department_id: int
    statutory: bool


@dataclass(frozen=True, kw_only=True)
class CaseClockMissed(Event):
    """A limit of a case passed; casework itself draws the consequence, in an act of its own."""

    name: ClassVar[str] = "case_clock_missed"
    case: str
    kind: str
