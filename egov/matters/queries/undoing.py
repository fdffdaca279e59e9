"""What taking back a part of a matter, or all of it, would undo."""

from collections.abc import Collection, Mapping, Sequence

from egov.casework.models import Case
from egov.law import queries as law
from egov.matters import rules
from egov.matters.models import Matter, Member, MemberState
from egov.matters.queries.timeline import Timeline
from egov.matters.rules import Needs

UNDECIDED = ["submitted", "received", "correction", "accepted", "suspended"]


def taken_back(
    matter: Matter, members: Mapping[str, Member], needs_of: Mapping[str, Sequence[Needs]], wanted: Collection[str]
) -> list[Member]:
    """The members that go when ``wanted`` are taken back, the last first; ``members`` and ``needs_of`` in graph order.

    Left are those decided, and those whose procedure knows no withdrawal. One statement.
    """
    in_work = [member.case for member in members.values() if member.state == MemberState.OPEN]
    rows = Case.objects.filter(reference__in=in_work, state__in=UNDECIDED)
    free = {
        reference
        for reference, procedure, version in rows.values_list("reference", "procedure", "procedure_version")
        if law.procedure(procedure, version=version).can_withdraw
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
    return taken_back(timeline.matter, members, timeline.needs_of, [part] if part else members.keys())
