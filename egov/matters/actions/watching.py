"""Promises that are endangered make themselves heard at the department that answers for the whole."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.deadlines import queries as deadlines
from egov.deadlines.rules import due_at
from egov.identity import queries as identity
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise
from egov.matters.loading import Followed, followed
from egov.matters.models import Matter, MatterState, Member, MemberState
from egov.matters.whole import HURRY
from egov.notices import actions as notices
from egov.work import actions as work
from egov.work import queries as work_queries
from egov.work.models import OPEN_ITEMS, WorkItem

logger = structlog.get_logger(__name__)

BATCH = 200
WITHIN = 1  # working days that each level has for it
DEPARTMENT_HEAD = "department_head"
LEVELS = ("", "section_head", DEPARTMENT_HEAD)  # the role it is raised to: anybody of the unit, then its heads
TASK: LocalisedText = {"zh-Hans": "督促影响承诺日期的部门", "en": "See to who endangers the promised date"}
COLON, COMMA = {"zh-Hans": "：", "en": ": "}, {"zh-Hans": "、", "en": ", "}
MOST_SAID = 500


def watch_promises(actor: Actor) -> int:
    """Look at every open matter that somebody leads; returns how many breaches are new.

    A member that begins to endanger the promise is marked and becomes work for the lead department, due one working
    day later. While the danger lasts it is raised again each time that day has passed, to the head of the section and
    then of the department; when it is over, or the matter, the mark goes, and the work with it. Doing it twice changes
    nothing. A matter that fails is tried again at the next run and stops no other. Raises ``NotPermitted``.
    """
    if not actor.is_system:
        raise NotPermitted
    return sum(_look_at_all(actor, batch) for batch in _batches())


def _batches() -> Iterator[list[int]]:
    last = 0
    led = Matter.objects.filter(state=MatterState.OPEN, lead__isnull=False).order_by("pk")
    while keys := list(led.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield keys
        last = keys[-1]


def _look_at_all(actor: Actor, keys: Sequence[int]) -> int:
    """Together; one by one when that fails, so that only what is at fault is left out."""
    try:
        return _look_at(actor, keys)
    except Exception as error:  # whatever one matter raises
        if len(keys) > 1:
            return sum(_look_at_all(actor, [key]) for key in keys)
        logger.exception("promise_not_watched", matter=keys[0], error=repr(error))
        return 0


@transaction.atomic
def _look_at(actor: Actor, keys: Sequence[int]) -> int:
    """The matters are locked, so that two runs at once, and a case that ends meanwhile, follow each other."""
    matters = Matter.objects.select_for_update(of=("self",)).filter(pk__in=keys, state=MatterState.OPEN)
    found, now = followed(list(matters.order_by("pk"))), clock.now()
    endangered = [_ref(each.matter) for each in found if each.promise.forecast.endangered]
    raised = work_queries.last_items_of(endangered, kind=HURRY)
    new = 0
    for each in found:
        begun = _mark(actor, each, now)
        if each.promise.forecast.endangered:
            _raise(actor, each, begun, raised.get(_ref(each.matter)), now)
        new += len(begun)
    return new


def _mark(actor: Actor, each: Followed, now: datetime) -> list[Member]:
    """Mark who endangers the promise and who does not any more; returns who begins to."""
    matter, endangering = each.matter, each.promise.forecast.endangering
    begun = [member for member in each.members if member.key in endangering and member.endangers_since is None]
    over = [member for member in each.members if member.key not in endangering and member.endangers_since is not None]
    for member in begun:
        member.endangers_since = now
    for member in over:
        member.endangers_since = None
    Member.objects.bulk_update([*begun, *over], ["endangers_since"])
    if over and not endangering:
        work.settle_items(actor, subject=_ref(matter), kinds=[HURRY], outcome="over")
    since = (matter.endangered_since or now) if endangering else None
    due = each.promise.promised_due_at
    if (since, due) != (matter.endangered_since, matter.promised_due_at):
        matter.endangered_since, matter.promised_due_at = since, due
        matter.save(update_fields=["endangered_since", "promised_due_at"])
    return begun


def _raise(actor: Actor, each: Followed, begun: Sequence[Member], last: WorkItem | None, now: datetime) -> None:
    """``last``: what was raised for this matter before, also in an earlier danger."""
    matter = each.matter
    if last is not None and last.created_at < (matter.endangered_since or now):
        last = None
    level = _level(matter, last, now, new=bool(begun))
    if level is None:
        return
    endangering = [member for member in each.members if member.key in each.promise.forecast.endangering]
    journal.record(
        actor,
        "matters.endangered",
        _ref(matter),
        *(Ref("case", member.case) for member in begun or endangering),
        content={"members": [member.key for member in begun or endangering], "level": level},
    )
    titles = [each.cases[member.case].title for member in endangering if member.case in each.cases]
    work.settle_items(actor, subject=_ref(matter), kinds=[HURRY], outcome="raised")
    item = work.open_item(
        actor,
        subject=_ref(matter),
        kind=HURRY,
        title=matter.title,
        task={
            language: f"{text}{COLON[language]}{COMMA[language].join(localise(title, language) for title in titles)}"
            for language, text in TASK.items()
        },
        department_id=matter.lead_id or 0,
        unit_id=matter.lead_unit_id or 0,
        role=level,
        excluded_persons=[party for party in (matter.applicant_id, matter.filed_by_id) if party is not None],
        due_at=due_at(now, WITHIN, "wd", deadlines.working_days(matter.lead_id)),
        priority=1,
    )
    if level:
        _tell_heads(actor, item)


def _level(matter: Matter, last: WorkItem | None, now: datetime, *, new: bool) -> str | None:
    """The role it is raised to; None while the day that was given for it lasts."""
    if last is None:
        return LEVELS[0]
    if last.due_at is not None and now < last.due_at:
        # Who has it in hand sees all members on its page; who has dealt with it hears of another one.
        return last.role if new and last.state not in OPEN_ITEMS else None
    above = LEVELS[LEVELS.index(last.role) + 1 :]
    return next((role for role in above if _heads(matter.lead_unit_id, matter.lead_id, role)), last.role)


def _heads(unit_id: int | None, department_id: int | None, role: str) -> list[int]:
    """The persons of this role who can take what is raised for the unit."""
    posts = (
        identity.head_posts(department_id or 0)
        if role == DEPARTMENT_HEAD
        else identity.posts_in(unit_id or 0, role=role)
    )
    return sorted(set(posts.values_list("person_id", flat=True)))


def _tell_heads(actor: Actor, item: WorkItem) -> None:
    notices.notify(
        actor,
        recipients=_heads(item.unit_id, item.department_id, item.role),
        key=f"work:{item.pk}:raised",
        kind="work_raised",
        subject=Ref.parse(item.subject),
        context={"title": item.title, "task": item.task, "due_at": item.due_at},
        needs_action=True,
    )


def _ref(matter: Matter) -> Ref:
    return Ref("matter", matter.reference)


# --- Urging --------------------------------------------------------------------------------------------------
@transaction.atomic
def urge(actor: Actor, *, matter: str, member: str, note: str) -> Member:
    """The lead department urges another one: its work on the case comes first, and whoever has it in hand, or leads there, is told.

    Raises ``NotFound`` for who does not lead the matter, ``TransitionNotAllowed`` when the member is not in work.
    """
    said = note.strip()
    if not said:
        raise InvalidInput.at("note", "required", _("Say what you ask for; the colleague will read it."))
    if len(said) > MOST_SAID:
        raise InvalidInput.at("note", "too_long", _("This is too long."))
    row = (
        Matter.objects.select_for_update(of=("self",)).filter(reference=matter, lead_id=actor.department_id).first()
        if actor.is_staff and actor.department_id
        else None
    )
    found = Member.objects.filter(matter=row, key=member).first() if row is not None else None
    if row is None or found is None:
        raise NotFound
    if found.state != MemberState.OPEN:
        raise TransitionNotAllowed
    case = Ref("case", found.case)
    work.urge(actor, subject=case, note=said)
    work.settle_items(actor, subject=_ref(row), kinds=[HURRY], outcome="urged", note=said)
    journal.record(actor, "matters.urge", _ref(row), case, content=said)
    return found
