"""A matter whose answers were corrected: what it lacks by now is noted, and joins it when its form is filed."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel import clock, references, writing
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.matters import rules
from egov.matters.actions.following import tell_dropped
from egov.matters.actions.opening import OpenedMatter, edges_of, keep, outside_row, pending_of
from egov.matters.loading import followed
from egov.matters.models import Dependency, Matter, MatterState, Member, MemberState, PendingMember
from egov.matters.rules import Needs, NeverStarts
from egov.matters.whole import Filed, MemberSpec, OutsideSpec, Whole


@transaction.atomic
def revise_matter(
    actor: Actor,
    *,
    matter: str,
    determinants: Mapping[str, Any],
    lacking: Sequence[str],
    superfluous: Sequence[str],
    outside: Sequence[OutsideSpec] = (),
    followers: Mapping[str, Sequence[Needs]] = MappingProxyType({}),
) -> None:
    """Note what the answers as they are now make of the whole. Nothing of the applicant's is begun or undone by it; who
    still waits for somebody else goes by the new answers at once.

    ``outside``: what somebody else has to file by now; ``followers``: member → what of it has to come first.
    The caller has run the event again and keeps the permission. Doing it twice changes nothing.
    """
    row = Matter.objects.select_for_update(of=("self",)).get(reference=matter)
    whole = Whole.load(row)
    unneeded = [key for key in superfluous if key in whole.members and whole.members[key].by]
    now = (dict(determinants), list(lacking), [code for code in superfluous if code not in unneeded])
    if (row.determinants, row.lacking, row.superfluous) == now:
        return
    answers = {key: value for key, value in now[0].items() if row.determinants.get(key) != value}
    row.determinants, row.lacking, row.superfluous = now
    row.save(update_fields=["determinants", "lacking", "superfluous"])
    content = {"answers": answers, "lacking": row.lacking, "superfluous": row.superfluous}
    journal.record(actor, "matters.revise", Ref("matter", matter), content=content)
    _wait_for(whole, outside, followers)
    _do_without(whole, unneeded)


def _wait_for(whole: Whole, outside: Sequence[OutsideSpec], followers: Mapping[str, Sequence[Needs]]) -> None:
    """What somebody else has to file by now is waited for by who has not begun; nobody begun, it is not tracked."""
    new = {spec.key: spec for spec in outside if rules.is_absent(spec.key, whole.states)}
    waiting = {
        key: awaited
        for key, needs in followers.items()
        if whole.states.get(key) == MemberState.WAITING and (awaited := [each for each in needs if each.before in new])
    }
    wanted = {need.before for needs in waiting.values() for need in needs}
    if not wanted:
        return
    rows = _admit(whole, [outside_row(whole.matter, spec) for key, spec in new.items() if key in wanted])
    writing.insert(edges_of(whole.matter, waiting, {**whole.members, **rows}))
    _go_on(whole.matter, list(rows))


def _do_without(whole: Whole, unneeded: Sequence[str]) -> None:
    """What somebody else need not file any more: nobody waits for it."""
    rows = [whole.members[key] for key in unneeded]
    if not rows:
        return
    Dependency.objects.filter(before__in=rows).delete()
    Member.objects.filter(pk__in=[each.pk for each in rows]).update(state=MemberState.DROPPED, ended_at=clock.now())
    _go_on(whole.matter, unneeded)


def join_matter(
    actor: Actor,
    *,
    matter: str,
    members: Sequence[MemberSpec],
    followers: Mapping[str, Sequence[Needs]],
    submission: str,
    language: str = "zh-Hans",
    outside: Sequence[OutsideSpec] = (),
) -> OpenedMatter:
    """Further members of a matter under way: each begins at once, or when what it needs is done. Runs in the caller's
    transaction, which has asked for permission, keeps the journal and tells.

    ``followers``: member that still waits → what it has to wait for as well; one that has begun does not wait again.
    ``outside``: what somebody else has to file before one of them. One that was taken back or fell away joins anew.
    Raises ``NotFound`` for a stranger, ``TransitionNotAllowed`` when the matter was taken back, has such a part, or
    what it depends on has ended without success.
    """
    row = Matter.objects.select_for_update(of=("self",)).filter(reference=matter).first()
    if row is None or row.applicant_id != actor.on_behalf_of_id:
        raise NotFound
    whole = Whole.load(row)
    if row.state == MatterState.WITHDRAWN or not all(rules.is_absent(spec.key, whole.states) for spec in members):
        raise TransitionNotAllowed(_("This part cannot be added any more."))
    filed = Filed(matter, submission, row.applicant_id, actor.party_id, actor.capacity, language)
    named = {spec.key: references.draw("C") for spec in members}
    new = [
        Member(matter=row, key=spec.key, service_id=spec.version.service_id, optional=spec.optional) for spec in members
    ]
    others = [outside_row(row, spec) for spec in outside if rules.is_absent(spec.key, whole.states)]
    rows = _admit(whole, [*new, *others])
    then = {**whole.states, **dict.fromkeys(rows, MemberState.WAITING)}
    if any(rules.cannot_start(spec.depends_on, then) for spec in members):
        raise NeverStarts
    keep([(pending_of(rows[spec.key], spec, filed, named[spec.key]), spec.files) for spec in members])
    waiting = {key: added for key, added in followers.items() if whole.states[key] == MemberState.WAITING}
    needs = {**waiting, **{spec.key: spec.depends_on for spec in members}}
    writing.insert(edges_of(row, needs, {**whole.members, **rows}))
    row.lacking = [code for code in row.lacking if code not in rows]
    row.save(update_fields=["lacking"])
    _go_on(row, list(rows))
    return OpenedMatter(row, (), named)


def _admit(whole: Whole, joining: Sequence[Member]) -> dict[str, Member]:
    """Write who joins, by key; who was dropped before begins anew in the same row, without what it waited for then."""
    again = [member for member in joining if member.key in whole.members]
    for member in again:
        member.pk = whole.members[member.key].pk
        member.save(force_update=True)
    PendingMember.objects.filter(member__in=again).delete()
    Dependency.objects.filter(Q(before__in=again) | Q(after__in=again)).delete()
    writing.insert([member for member in joining if member.key not in whole.members])
    return {member.key: member for member in joining}


def _go_on(row: Matter, changed: Sequence[str]) -> None:
    """Put the members in the order of the graph again, begin what can begin, and promise the whole anew."""
    whole = Whole.load(row)
    for place, key in enumerate(rules.order_of(whole.needs_of)):
        whole.members[key].order = place
    Member.objects.bulk_update(whole.members.values(), ["order"])
    whole = Whole.load(row)
    whole.changed.update(changed)  # also one that waits opens a matter that had ended
    if dropped := whole.go_on():
        tell_dropped(whole, dropped)
    whole.save()
    (after,) = followed([row])
    row.promised_due_at = after.promise.promised_due_at
    row.save(update_fields=["promised_due_at"])
