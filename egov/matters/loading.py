"""Many matters with all that their promises need, in as many statements as one. Private to this room."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from egov.casework.models import Case, Transition
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.matters.models import Dependency, Matter, Member
from egov.matters.promises import Promise, promise_of
from egov.matters.rules import Move, Needs


@dataclass(frozen=True)
class Followed:
    """A matter with its members in the order of the graph, and their cases by reference."""

    matter: Matter
    members: Sequence[Member]
    needs_of: Mapping[str, Sequence[Needs]]
    cases: Mapping[str, Case]
    promise: Promise


def followed(matters: Sequence[Matter]) -> list[Followed]:
    """Four statements for any number of matters."""
    members: dict[int, list[Member]] = defaultdict(list)
    key_of: dict[int, str] = {}
    for member in (
        Member.objects.filter(matter__in=matters).select_related("service", "pending").order_by("order", "id")
    ):
        members[member.matter_id].append(member)
        key_of[member.pk] = member.key
    needs: dict[int, dict[str, list[Needs]]] = defaultdict(lambda: defaultdict(list))
    for edge in Dependency.objects.filter(matter__in=matters).order_by("id"):
        needs[edge.matter_id][key_of[edge.after_id]].append(Needs(key_of[edge.before_id], edge.group))
    cases: dict[str, dict[str, Case]] = defaultdict(dict)
    found = Case.objects.filter(matter__in=[matter.reference for matter in matters])
    for case in found.select_related("department__party", "unit").defer("answers", "sources"):
        case.version = catalogue.version(case.version_id)
        case.service = case.version.service
        cases[case.matter][case.reference] = case
    moves: dict[int, list[Move]] = defaultdict(list)
    running = [case.pk for group in cases.values() for case in group.values() if case.closed_at is None]
    told = Transition.objects.filter(case__in=running, public=True).exclude(before=F("after"))
    for case_id, at, after in told.order_by("id").values_list("case_id", "at", "after"):
        moves[case_id].append(Move(at, after))
    return [
        Followed(
            matter,
            members[matter.pk],
            needs_of := {member.key: needs[matter.pk][member.key] for member in members[matter.pk]},
            cases[matter.reference],
            promise_of(members[matter.pk], needs_of, cases[matter.reference], moves),
        )
        for matter in matters
    ]


def version_of(member: Member) -> ServiceVersion | None:
    """What a member without a case is: the version kept for it, else the one in force where somebody else files it."""
    if member.kept is not None:
        return catalogue.version(member.kept.version_id)
    return catalogue.published_many([member.service.code]).get(member.service.code) if member.by else None
