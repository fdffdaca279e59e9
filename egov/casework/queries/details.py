"""What hangs on a case, as values: it comes along with the case as arrays of JSON, in the case's own statement."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet, Value
from django.db.models.functions import Concat, JSONObject
from django.utils.functional import Promise

from egov.casework.models import (
    AnswerChange,
    Case,
    CaseFile,
    CorrectionRequest,
    Extension,
    Fetched,
    Message,
    OpinionRequest,
    Suspension,
    Transition,
)
from egov.casework.rules.lifecycle import TRANSITIONS
from egov.documents.models import Credential, IssuedDocument
from egov.kernel.text import LocalisedText

T = TypeVar("T")


@dataclass(frozen=True)
class Moved:
    """A line of the story. ``basis``: articles of the procedure."""

    id: int
    at: dt.datetime
    act: str
    before: str
    after: str
    note: str
    basis: list[dict[str, str]]
    public: bool
    by: str | None
    capacity: str

    @property
    def label(self) -> Promise | str:
        act = TRANSITIONS.get(self.act)
        return act.told if act else self.act


@dataclass(frozen=True)
class Paper:
    """A file on the case."""

    id: int
    material: str
    origin: str
    added_at: dt.datetime
    file: int | None
    name: str | None
    reference: str | None
    content_type: str | None
    size: int | None


@dataclass(frozen=True)
class Given:
    """What registers gave for a shared material; ``absent`` says why they gave nothing, ``paper`` is its file's row."""

    id: int
    material: str
    paper: int | None
    absent: str
    register: str
    title: LocalisedText
    number: str
    rows: list[dict[str, Any]]
    as_of: dt.date | None
    valid_to: dt.date | None
    at: dt.datetime


@dataclass(frozen=True)
class Correction:
    id: int
    items: list[dict[str, Any]]
    asked_at: dt.datetime
    respond_by: dt.datetime
    answered_at: dt.datetime | None
    by: str | None
    answers_before: dict[str, Any]


@dataclass(frozen=True)
class Changed:
    """Other answers that the applicant proposed, and what became of them."""

    id: int
    answers: dict[str, Any]
    before: dict[str, Any]
    reason: str
    proposed_at: dt.datetime
    decided_at: dt.datetime | None
    by: str | None
    accepted: bool | None
    note: str


@dataclass(frozen=True)
class Stopped:
    """The clock stood still."""

    id: int
    procedure: str
    reason: str
    from_at: dt.datetime
    until: dt.date
    ended_at: dt.datetime | None
    result: str


@dataclass(frozen=True)
class Extended:
    id: int
    days: int
    reason: str
    asked_at: dt.datetime
    by: str | None
    decided_at: dt.datetime | None
    decided_by: str | None
    approved: bool | None


@dataclass(frozen=True)
class Asked:
    """An opinion asked of another unit."""

    id: int
    procedure: str
    unit: LocalisedText
    department: LocalisedText
    question: str
    shared_fields: list[str]
    asked_at: dt.datetime
    by: str | None
    due_at: dt.datetime
    answered_at: dt.datetime | None
    answered_by: str | None
    stance: str
    answer: str
    withdrawn_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None


@dataclass(frozen=True)
class Said:
    """A message; ``by`` only of officers."""

    id: int
    from_applicant: bool
    text: str
    at: dt.datetime
    read_at: dt.datetime | None
    by: str | None


@dataclass(frozen=True)
class Issued:
    """A document issued on the case."""

    id: int
    reference: str
    title: LocalisedText
    state: str
    issued_at: dt.datetime
    code: str


@dataclass(frozen=True)
class Certificate:
    """A certificate that the case brought; ``document`` is the reference of its sealed form."""

    id: int
    number: str
    document: str | None
    title: LocalisedText | None
    end_kind: str


# --- Reading it --------------------------------------------------------------------------------------------


def hanging(model: type[Model], order: str = "id", **columns: str) -> ArraySubquery:
    """The rows of ``model`` that belong to a case, as JSON, in one array beside it."""
    rows = model._default_manager.filter(case=OuterRef("pk")).order_by(order)
    return ArraySubquery(rows.values(row=JSONObject(id="id", **columns)))


def same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def with_details(cases: QuerySet[Case]) -> QuerySet[Case]:
    documents = IssuedDocument.objects.filter(subject=Concat(Value("case:"), OuterRef("reference"))).order_by("id")
    certificates = Credential.objects.filter(case=OuterRef("reference")).order_by("id")
    return cases.annotate(
        d_moves=hanging(
            Transition,
            **same("at", "act", "before", "after", "note", "basis", "public", "capacity"),
            by="by_post__person__party__name",
        ),
        d_papers=hanging(
            CaseFile,
            **same("material", "origin", "added_at"),
            file="file_id",
            name="file__name",
            reference="file__reference",
            content_type="file__content_type",
            size="file__size",
        ),
        d_given=hanging(
            Fetched,
            **same("material", "absent", "register", "title", "number", "rows", "as_of", "valid_to", "at"),
            paper="paper_id",
        ),
        d_corrections=hanging(
            CorrectionRequest,
            **same("items", "asked_at", "respond_by", "answered_at", "answers_before"),
            by="asked_by__person__party__name",
        ),
        d_changes=hanging(
            AnswerChange,
            **same("answers", "before", "reason", "proposed_at", "decided_at", "accepted", "note"),
            by="decided_by__person__party__name",
        ),
        d_stops=hanging(Suspension, **same("procedure", "reason", "from_at", "until", "ended_at", "result")),
        d_extensions=hanging(
            Extension,
            **same("days", "reason", "asked_at", "decided_at", "approved"),
            by="asked_by__person__party__name",
            decided_by="decided_by__person__party__name",
        ),
        d_opinions=hanging(
            OpinionRequest,
            **same("procedure", "question", "shared_fields", "asked_at", "due_at", "answered_at", "stance", "answer"),
            withdrawn_at="withdrawn_at",
            unit="unit__name",
            department="department__full_name",
            by="asked_by__person__party__name",
            answered_by="answered_by__person__party__name",
        ),
        d_messages=hanging(Message, **same("from_applicant", "text", "at", "read_at"), by="post__person__party__name"),
        d_documents=ArraySubquery(
            documents.values(row=JSONObject(id="id", **same("reference", "title", "state", "issued_at", "code")))
        ),
        d_certificates=ArraySubquery(
            certificates.values(
                row=JSONObject(
                    **same("id", "number", "end_kind"), document="document__reference", title="document__title"
                )
            )
        ),
    ).select_related(
        "applicant",
        "department__party",
        "unit",
        "handler__person__party",
        "decision__letter",
        "decision__drafted_by__person__party",
        "decision__signed_by__person__party",
        "rating",
    )


def made(kind: type[T], rows: Sequence[Mapping[str, Any]]) -> list[T]:
    """Rows of JSON as values of ``kind``; moments and days come as text."""
    types = {each.name: each.type for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    return [kind(**{name: _read(types[name], value) for name, value in row.items()}) for row in rows]


def _read(kind: Any, value: Any) -> Any:
    if isinstance(value, str) and kind in (dt.datetime, dt.datetime | None):
        return dt.datetime.fromisoformat(value)
    if isinstance(value, str) and kind in (dt.date, dt.date | None):
        return dt.date.fromisoformat(value)
    return value
