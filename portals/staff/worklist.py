"""Rows of work as the desk shows them: deadline, what is next, where it is done. The same in every list."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egov.deadlines.rules import Remaining
from egov.kernel.actor import Actor
from egov.kernel.errors import Text
from egov.kernel.refs import Ref, subjects
from egov.work import rules
from egov.work.models import WorkItem
from egov.work.queries import InboxRow, place_of
from portals.shared.components import Deadline

KINDS: dict[str, Text] = {
    "accept": gettext_lazy("Acceptance"),
    "review": gettext_lazy("Review"),
    "inspection": gettext_lazy("Inspection"),
    "task": gettext_lazy("Task"),
    "decide": gettext_lazy("Decision"),
    "sign": gettext_lazy("Signature"),
    "opinion": gettext_lazy("Opinion"),
    "opinion_answer": gettext_lazy("Opinion for others"),
    "extension": gettext_lazy("Extension"),
    "message": gettext_lazy("Message"),
    "deliver": gettext_lazy("Handing over"),
    "verify_rating": gettext_lazy("Call-back"),
    "rectify": gettext_lazy("Bad rating"),
    "change": gettext_lazy("Corrected answers"),
    "hurry": gettext_lazy("Promise endangered"),
}


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


@dataclass(frozen=True)
class Line:
    """One row of the inbox. ``free``: anyone who may take it can claim it; ``mine``: the viewer holds it."""

    row: InboxRow
    deadline: Deadline
    url: str
    step: str
    free: bool
    mine: bool

    @property
    def item(self) -> WorkItem:
        return self.row.item


def lines_of(actor: Actor, rows: Sequence[InboxRow]) -> list[Line]:
    return [_line(actor, row) for row in rows]


def _line(actor: Actor, row: InboxRow) -> Line:
    item = row.item
    return Line(
        row=row,
        deadline=deadline_of(item, row.remaining),
        url=url_of(actor, row.hint.page or row.subject),
        step=kind_name(item.kind),
        free=item.state == "open" and _may_take(actor, item),
        mine=item.state == "claimed" and item.assignee_id == actor.post_id,
    )


def _may_take(actor: Actor, item: WorkItem) -> bool:
    """For the button only; the action asks again, covers included."""
    if actor.party_id in item.excluded_persons:
        return False
    return rules.reaches(place_of(actor), department_id=item.department_id, unit_id=item.unit_id, role=item.role)


def deadline_of(item: WorkItem, remaining: Remaining | None) -> Deadline:
    if item.done_at is not None:
        return Deadline.done(at=item.done_at, due=item.due_at)
    if item.paused:
        return Deadline.paused(_("Clock stopped"))
    if remaining is None or item.due_at is None:
        return Deadline.none()
    return Deadline.running(colour=remaining.colour, days=remaining.days, due=item.due_at)


def url_of(actor: Actor, subject: Ref) -> str:
    """Where the work is done: the page of the subject."""
    if subject.kind == "case":
        return reverse("staff:case", args=[actor.capacity, subject.key])
    if subject.kind == "opinion":
        return reverse("staff:opinion", args=[actor.capacity, subject.key])
    known = subjects.find(subject.kind)
    return (known.url(subject, actor) if known else None) or ""
