"""A matter whose answers were corrected: what it lacks by now is noted, and joins it when its form is filed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel import references, writing
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.matters import rules
from egov.matters.actions.opening import OpenedMatter, edges_of, keep, pending_of
from egov.matters.loading import followed
from egov.matters.models import Matter, MatterState, Member, MemberState
from egov.matters.rules import Needs
from egov.matters.whole import Filed, MemberSpec, Whole


@transaction.atomic
def revise_matter(
    actor: Actor,
    *,
    matter: str,
    determinants: Mapping[str, Any],
    lacking: Sequence[str],
    superfluous: Sequence[str],
) -> None:
    """Note what the answers as they are now make of the whole. Nothing is begun or undone by it.

    The caller has run the event again and keeps the permission. Doing it twice changes nothing.
    """
    row = Matter.objects.select_for_update(of=("self",)).get(reference=matter)
    now = (dict(determinants), list(lacking), list(superfluous))
    if (row.determinants, row.lacking, row.superfluous) == now:
        return
    answers = {key: value for key, value in now[0].items() if row.determinants.get(key) != value}
    row.determinants, row.lacking, row.superfluous = now
    row.save(update_fields=["determinants", "lacking", "superfluous"])
    content = {"answers": answers, "lacking": row.lacking, "superfluous": row.superfluous}
    journal.record(actor, "matters.revise", Ref("matter", matter), content=content)


def join_matter(
    actor: Actor,
    *,
    matter: str,
    members: Sequence[MemberSpec],
    followers: Mapping[str, Sequence[Needs]],
    submission: str,
    language: str = "zh-Hans",
) -> OpenedMatter:
    """Further members of a matter under way: each begins at once, or when what it needs is done. Runs in the caller's
    transaction, which has asked for permission, keeps the journal and tells.

    ``followers``: member that still waits → what it has to wait for as well; one that has begun does not wait again.
    Raises ``NotFound`` for a stranger, ``TransitionNotAllowed`` when the matter was taken back or has such a part.
    """
    row = Matter.objects.select_for_update(of=("self",)).filter(reference=matter).first()
    if row is None or row.applicant_id != actor.on_behalf_of_id:
        raise NotFound
    whole = Whole.load(row)
    if row.state == MatterState.WITHDRAWN or whole.members.keys() & {spec.key for spec in members}:
        raise TransitionNotAllowed(_("This part cannot be added any more."))
    filed = Filed(matter, submission, row.applicant_id, actor.party_id, actor.capacity, language)
    named = {spec.key: references.draw("C") for spec in members}
    rows = {
        spec.key: Member(matter=row, key=spec.key, service_id=spec.version.service_id, optional=spec.optional)
        for spec in members
    }
    writing.insert(list(rows.values()))
    keep([(pending_of(rows[spec.key], spec, filed, named[spec.key]), spec.files) for spec in members])
    waiting = {key: added for key, added in followers.items() if whole.members[key].state == MemberState.WAITING}
    needs = {**waiting, **{spec.key: spec.depends_on for spec in members}}
    writing.insert(edges_of(row, needs, {**whole.members, **rows}))
    _go_on(row, list(rows))
    return OpenedMatter(row, (), named)


def _go_on(row: Matter, added: Sequence[str]) -> None:
    """Put the members in the order of the graph again, begin what can begin, and promise the whole anew."""
    whole = Whole.load(row)
    for place, key in enumerate(rules.order_of(whole.needs_of)):
        whole.members[key].order = place
    Member.objects.bulk_update(whole.members.values(), ["order"])
    whole = Whole.load(row)
    whole.changed.update(added)  # also one that waits opens a matter that had ended
    whole.go_on()
    whole.save()
    (after,) = followed([row])
    row.promised_due_at = after.promise.promised_due_at
    row.save(update_fields=["promised_due_at"])
