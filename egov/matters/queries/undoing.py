"""What taking back a part of a matter, or all of it, would undo."""

from collections.abc import Collection, Mapping, Sequence

from egov.casework import queries as casework
from egov.casework.models import Case
from egov.kernel.actor import Actor
from egov.law import queries as law
from egov.matters import rules
from egov.matters.models import Member, MemberState
from egov.matters.queries.timeline import Timeline
from egov.matters.rules import Needs


def taken_back(
    actor: Actor, members: Mapping[str, Member], needs_of: Mapping[str, Sequence[Needs]], wanted: Collection[str]
) -> list[Member]:
    """The members that go when the actor takes ``wanted`` back, the last first; ``members`` and ``needs_of`` in graph
    order.

    Left are those decided, those whose procedure knows no withdrawal, and those whose case is another applicant's by now:
    the organisation takes its own back. One statement.
    """
    in_work = [member.case for member in members.values() if member.state == MemberState.OPEN]
    rows = Case.objects.filter(reference__in=in_work, state__in=rules.UNDECIDED)
    party = actor.in_all_services()  # what a mandate does not cover is refused by the act, not left
    free = {
        case.reference
        for case in rows.only("reference", "procedure", "procedure_version", "applicant", "filed_by_id", "capacity")
        if law.procedure(case.procedure, version=case.procedure_version).can_withdraw
        and casework.acts_for_applicant(party, case)
    }
    gone = {
        key
        for key, member in members.items()
        if key in wanted and not member.by and (member.state == MemberState.WAITING or member.case in free)
    }
    states = {key: member.state for key, member in members.items()}
    gone |= set(rules.falling(needs_of, states, gone))
    return [member for key, member in reversed(list(members.items())) if key in gone]


def going_with(timeline: Timeline, part: str = "") -> list[Member]:
    """What would go if ``part`` were taken back, or all of it, for a page that asks before it is done."""
    members = {member.key: member for member in timeline.members}
    return taken_back(timeline.actor, members, timeline.needs_of, [part] if part else members.keys())
