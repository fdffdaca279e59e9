"""Which matters and parts of them an actor sees; lists, what waits for the applicant, how long an answer takes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from egov.casework.models import Case, Message
from egov.casework.queries import own_cases, visible_cases
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.memory import Kept
from egov.matters.models import Dependency, Matter, MatterState, Member, MemberState


def visible_matters(actor: Actor) -> QuerySet[Matter]:
    """The matters of the party for whom the actor acts; under a mandate, those of its services; what a post filed."""
    if actor.is_staff:
        parties = [actor.party_id, actor.department_id]
        return Matter.objects.filter(applicant_id__in=parties, capacity=actor.capacity)
    if not actor.is_applicant:
        return Matter.objects.none()
    rows = Matter.objects.filter(applicant_id=actor.on_behalf_of_id)
    if actor.mandate_services is not None:
        rows = rows.filter(members__service__code__in=actor.mandate_services).distinct()
    return rows


def whole_matters(actor: Actor) -> QuerySet[Matter]:
    """Of the visible matters those of which the actor sees every part: what tells of a whole tells of all its parts."""
    rows = visible_matters(actor)
    if actor.mandate_services is None:
        return rows
    others = Member.objects.filter(matter=OuterRef("pk"), by="").exclude(service__code__in=actor.mandate_services)
    return rows.exclude(Exists(others))


def visible_members(actor: Actor) -> QuerySet[Member]:
    """Of the visible matters the parts that the actor sees; the one place that says so.

    Under a mandate those of its services, and what somebody else files when one of these waits for it. What a case
    holds is asked of ``casework`` beside this: it may be another applicant's (``casework.queries.own_cases``).
    """
    if actor.mandate_services is None:
        return Member.objects.all()
    waiting = Dependency.objects.filter(before=OuterRef("pk"), after__service__code__in=actor.mandate_services)
    waited_for = ~Q(by="") & Q(Exists(waiting))
    return Member.objects.filter(Q(service__code__in=actor.mandate_services) | waited_for)


def seen_in(actor: Actor, matter: Matter, members: Sequence[Member]) -> frozenset[str]:
    """The keys of those of ``members``, all of the matter, that the actor sees. One statement under a limited mandate."""
    if actor.mandate_services is None:
        return frozenset(member.key for member in members)
    return frozenset(visible_members(actor).filter(matter=matter).values_list("key", flat=True))


def matters_of(actor: Actor) -> QuerySet[Matter]:
    """Newest first, each with the members that the actor sees and the codes of their services."""
    members = visible_members(actor).select_related("service").order_by("order", "id")
    return visible_matters(actor).prefetch_related(Prefetch("members", queryset=members)).order_by("-id")


def find(actor: Actor, *, reference: str) -> Matter:
    """Raises ``NotFound`` also when it is somebody else's."""
    matter = visible_matters(actor).filter(reference=reference).first()
    if matter is None:
        raise NotFound
    return matter


def words_behind(actor: Actor, *, reference: str) -> str:
    """The sentence that a whole began with, for an officer of it; "" when there is none.

    Of one case its department reads it; of several the department that leads, since it may tell what is none of the
    others' business.
    """
    if not actor.is_staff or actor.department_id is None:
        return ""
    own = Case.objects.filter(matter=OuterRef("reference"), department_id=actor.department_id)
    rows = Matter.objects.filter(reference=reference).annotate(parts=Count("members"))
    rows = rows.filter(Q(lead_id=actor.department_id) | Q(Exists(own), parts=1))
    return rows.values_list("need", flat=True).first() or ""


def cases_elsewhere(actor: Actor) -> QuerySet[Case]:
    """Open cases of the party in matters that are somebody else's: a company's, which its founder began before it was
    registered. Newest first.
    """
    if not actor.is_applicant:
        return Case.objects.none()
    own = visible_matters(actor).filter(reference=OuterRef("matter"))
    return visible_cases(actor).filter(~Exists(own), closed_at__isnull=True).order_by("-id")


# --- What waits for the applicant -------------------------------------------------------------------
WAITING_AT_MOST = 20
RATING_DAYS = 30  # after which nobody is asked any more


def waiting_for_applicant(actor: Actor) -> list[Case]:
    """Cases on which the applicant's turn has come: to correct, to pay, to rate; in this order.

    Those of a company that was registered on the way wait for its founder as well. Three statements.
    """
    if not actor.is_applicant:
        return []
    since = clock.now() - dt.timedelta(days=RATING_DAYS)
    to_rate = Q(decided_at__gte=since, rating__isnull=True, state__in=["delivered", "closed"])
    begun = list(visible_matters(actor).filter(state=MatterState.OPEN).values_list("reference", flat=True))
    here = Q(applicant_id=actor.on_behalf_of_id) | Q(matter__in=begun)
    rows = own_cases(actor).filter(here, Q(state__in=["correction", "submitted"]) | to_rate).select_related("service")
    found = list(rows.prefetch_related("corrections").order_by("-id")[:WAITING_AT_MOST])
    urgency = {"correction": 0, "submitted": 1}
    return sorted(found, key=lambda case: urgency.get(case.state, 2))


@dataclass(frozen=True)
class MatterLine:
    """A matter as one line of a list."""

    matter: Matter
    total: int
    done: int
    waits_for_you: bool
    missed: bool


def lines_of(matters: Sequence[Matter], *, actor: Actor) -> list[MatterLine]:
    """One line each, from two statements for the whole list. ``matters`` as :func:`matters_of` brings them."""
    shown = [member.case for matter in matters for member in matter.members.all() if member.case]
    waits: set[str] = set()
    missed: set[str] = set()
    now = clock.now()
    rows = Case.objects.filter(reference__in=shown).values_list("matter", "state", "promised_due_at", "overdue_at")
    for reference, state, due, overdue in rows:
        if state in ("submitted", "correction"):
            waits.add(reference)
        elif overdue or (due and due < now and state in ("received", "accepted")):
            missed.add(reference)
    return [
        MatterLine(
            matter=matter,
            total=sum(member.state != MemberState.DROPPED for member in matter.members.all()),
            done=sum(member.state == MemberState.DONE for member in matter.members.all()),
            waits_for_you=matter.reference in waits,
            missed=matter.reference in missed,
        )
        for matter in matters
    ]


# --- How long an answer takes -------------------------------------------------------------------------
ANSWER_DAYS = 14
ANSWERS_ENOUGH = 5  # below this no figure is given
measured = Kept("matters", seconds=60)


@dataclass(frozen=True)
class AnswerTime:
    """Hours until a message on a case was answered (median of 14 days; None: too few), and how many wait now."""

    median_hours: float | None
    answered: int
    waiting: int


@measured.table
def answer_time() -> AnswerTime:
    """Over all departments; counted at most once a minute in each process."""
    since = clock.now() - dt.timedelta(days=ANSWER_DAYS)
    rows = (
        Message.objects.filter(at__gte=since).order_by("case_id", "id").values_list("case_id", "from_applicant", "at")
    )
    asked: dict[int, dt.datetime] = {}
    hours: list[float] = []
    for case, from_applicant, at in rows.iterator():
        if from_applicant:
            asked.setdefault(case, at)
        elif case in asked:
            hours.append((at - asked.pop(case)).total_seconds() / 3600)
    return AnswerTime(median(hours) if len(hours) >= ANSWERS_ENOUGH else None, len(hours), len(asked))
