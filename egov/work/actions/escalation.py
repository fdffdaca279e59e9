"""Work that is late makes itself heard."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q

from egov.identity.models import Post
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.notices import actions as notices
from egov.work.models import OPEN_ITEMS, ItemEvent, WorkItem

BATCH = 200


@transaction.atomic
def escalate_overdue(actor: Actor, *, limit: int = BATCH) -> int:
    """Raise late items that nobody heard of yet and tell who leads their units; returns how many.

    An item is raised once; a new due date lets it be raised again. Items whose clock stands still are not late.
    """
    now = clock.now()
    late = list(
        WorkItem.objects.select_for_update(skip_locked=True)
        .filter(state__in=OPEN_ITEMS, paused=False, escalated_at__isnull=True, due_at__lt=now)
        .order_by("due_at", "id")[:limit]
    )
    if not late:
        return 0
    WorkItem.objects.filter(pk__in=[item.pk for item in late]).update(escalated_at=now, priority=1)
    journal.record_all(
        actor, [("work.escalate", [Ref.parse(item.subject), Ref("work_item", str(item.pk))], None) for item in late]
    )
    leaders = _leaders({item.department_id for item in late})
    for item in late:
        recipients = leaders.get(item.unit_id) or leaders.get(-item.department_id, set())
        if recipients:
            notices.notify(
                actor,
                recipients=sorted(recipients),
                key=f"work:{item.pk}:overdue:{item.due_at:%Y%m%d%H%M}",
                kind="work_overdue",
                subject=Ref.parse(item.subject),
                context={"title": item.title, "task": item.task, "due_at": item.due_at},
                needs_action=True,
            )
    return len(late)


@transaction.atomic
def urge(actor: Actor, *, subject: Ref, note: str) -> int:
    """Another department answers for the whole and asks to hurry: open items of ``subject`` come first.

    Whoever holds them, or leads the unit while nobody does, is told. A part of the caller's act, which keeps the
    journal. Returns how many items.
    """
    items = list(
        WorkItem.objects.select_for_update(of=("self",))
        .filter(subject=str(subject), state__in=OPEN_ITEMS)
        .select_related("assignee")
        .order_by("id")
    )
    now = clock.now()
    WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(priority=1)
    ItemEvent.objects.bulk_create(
        ItemEvent(item=item, at=now, act="urge", by_id=actor.post_id, note=note) for item in items
    )
    leaders = _leaders({item.department_id for item in items})
    for item in items:
        held = {item.assignee.person_id} if item.assignee else set()
        notices.notify(
            actor,
            recipients=sorted(held or leaders.get(item.unit_id) or leaders.get(-item.department_id, set())),
            key=f"work:{item.pk}:urged:{now:%Y%m%d%H%M}",
            kind="work_urged",
            subject=subject,
            context={"task": item.task or item.title, "text": note},
            needs_action=True,
        )
    return len(items)


def _leaders(departments: set[int]) -> dict[int, set[int]]:
    """Persons who lead each unit; under minus the department's key those who lead the whole organ."""
    today = clock.today()
    found: dict[int, set[int]] = defaultdict(set)
    posts = (
        Post.objects.filter(unit__department_id__in=departments, valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        .filter(Q(is_head=True) | Q(roles__name__in=["section_head", "department_head"]))
        .values_list("unit_id", "unit__department_id", "person_id", "roles__name")
    )
    for unit_id, department_id, person_id, role in posts:
        found[unit_id].add(person_id)
        if role == "department_head":
            found[-department_id].add(person_id)
    return found
