"""What the rooms above tell this room about their subjects: one handler for each kind of ``Ref``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from egov.kernel.actor import Actor
from egov.kernel.errors import Text
from egov.kernel.refs import Ref
from egov.kernel.registries import Registry
from egov.kernel.text import LocalisedText
from egov.work.models import Plan, WorkItem


def _nothing(*_args: Any) -> None:
    return None


def _no_hints(_actor: Actor, _items: Sequence[WorkItem]) -> Mapping[int, "Hint"]:
    return {}


@dataclass(frozen=True)
class Hint:
    """What is to be done next with an item, what marks it, whom it waits for, and whom it concerns (for the journal).

    ``page``: where it is done, when that is not the page of the item's subject.
    """

    action: Text = ""
    marks: tuple[Text, ...] = ()
    waiting: Text = ""
    concerns: Ref | None = None
    page: Ref | None = None


@dataclass(frozen=True)
class SubjectHandler:
    """How the room of a subject takes part; every hook runs in the transaction of the act.

    ``lock`` locks the subject's row before any row of this room, so that all acts lock in one order.
    ``next_actions`` gives hints for many items in one go (one statement at most).
    ``check_completion`` raises when an item may not be completed yet (a decision step without a decision).
    """

    lock: Callable[[Ref], Any] = _nothing
    next_actions: Callable[[Actor, Sequence[WorkItem]], Mapping[int, Hint]] = _no_hints
    check_completion: Callable[[Actor, WorkItem, str], None] = _nothing
    on_claimed: Callable[[Actor, WorkItem], None] = _nothing
    on_step_done: Callable[[Actor, WorkItem], None] = _nothing
    on_plan_finished: Callable[[Actor, Plan], None] = _nothing


# kind of Ref -> handler
subject_handlers: Registry[SubjectHandler] = Registry("work subjects")

_DEFAULT = SubjectHandler()


def handler_of(subject: str) -> SubjectHandler:
    """The handler of the subject's kind, or one that does nothing."""
    return subject_handlers.find(Ref.parse(subject).kind) or _DEFAULT


@dataclass(frozen=True, kw_only=True)
class ItemSpec:
    """A work item to open; many are inserted in one statement. ``subtitle`` may be an expression of the database."""

    subject: Ref
    kind: str
    title: LocalisedText
    department_id: int
    unit_id: int
    subtitle: Any = ""
    task: LocalisedText | None = None
    topic: str = ""
    role: str = ""
    assignee_id: int | None = None
    excluded_persons: Sequence[int] = ()
    priority: int = 0
    due_at: Any = None
