"""Members follow their cases."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.contracts.cases import CaseChanged, CaseDecided, MembersUndone
from egov.documents.models import StoredFile
from egov.identity import queries as identity
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.matters import rules
from egov.matters.models import Declaration, Matter, MatterState, Member, MemberState
from egov.matters.rules import Undone
from egov.matters.whole import Whole, require_mandate
from egov.registers.models import Holding

logger = structlog.get_logger(__name__)

MOST_SAID = 1000


def follow_decision(event: CaseDecided) -> None:
    """A member's case was decided: keep its outputs, wake who waited for it. Doing it twice changes nothing."""
    with transaction.atomic():
        whole = _locked(event.matter)
        key = whole.key_of(event.case) if whole is not None else None
        if whole is not None and key is not None:
            _settle(whole, key, rules.state_after_decision(event.outcome), event.outputs)


def follow_change(event: CaseChanged) -> None:
    """A member's case ended without a decision: it was withdrawn, not accepted, sent on or terminated.

    When nobody had examined it nothing is owed for it.
    """
    state = rules.state_after_case(event.after)
    if state is None:
        return
    with transaction.atomic():
        whole = _locked(event.matter)
        key = whole.key_of(event.case) if whole is not None else None
        if whole is None or key is None:
            return
        back = whole.give_up(event.case) if rules.nothing_owed(event.before, event.after) else Decimal(0)
        if whole.members[key].state == MemberState.OPEN and (back or state == MemberState.DROPPED):
            whole.members[key].undone = Undone(rules.TAKEN_BACK, back=back).as_json()
        _settle(whole, key, state, {})


def follow_outside(event: CaseDecided) -> None:
    """What somebody else was to file for a person has been granted: whoever waited for it goes on.

    The case is about its applicant and whom its answers name by their identity number: the employee.
    """
    if rules.state_after_decision(event.outcome) != MemberState.DONE:
        return
    waiting = Member.objects.filter(service__code=event.service, state=MemberState.WAITING).exclude(by="")
    if not waiting.exists():
        return
    parties = [event.applicant_id, *_named_in(event.case)]
    rows = waiting.filter(matter__applicant__in=parties, matter__state=MatterState.OPEN)
    for matter, key in rows.order_by("matter_id").values_list("matter__reference", "key"):
        _there(matter, key)


def _named_in(case: str) -> list[int]:
    """Persons whom the answers of a case name by their identity number."""
    row = Case.objects.filter(reference=case).only("answers", "version_id").first()
    fields = (catalogue.version(row.version_id).form or {}).get("properties", {}) if row is not None else {}
    numbers = [
        row.answers[key]
        for key, field in fields.items()
        if row is not None and str(field.get("x-element", "")).endswith(".id_number") and row.answers.get(key)
    ]
    found = [identity.party_by_number("cn.ric", str(number)) for number in numbers]
    return [party.pk for party in found if party is not None]


def watch_outside(actor: Actor) -> int:
    """What others were to file and a register holds by now, also without a case of this platform; returns how many.

    What began before the matter was known when it was planned, and did not make it needless. A matter that fails is
    tried again at the next run and stops no other. Raises ``NotPermitted``.
    """
    if not actor.is_system:
        raise NotPermitted
    holds = Holding.objects.in_force(clock.today()).filter(
        party=OuterRef("matter__applicant"),
        service=OuterRef("service__code"),
        valid_from__gte=OuterRef("matter__opened_at__date"),
    )
    rows = Member.objects.filter(Exists(holds), state=MemberState.WAITING, matter__state=MatterState.OPEN)
    found = list(rows.exclude(by="").order_by("matter_id").values_list("matter__reference", "key"))
    return sum(_goes_on(matter, key) for matter, key in found)


def _goes_on(matter: str, key: str) -> bool:
    try:
        _there(matter, key)
    except Exception as error:  # whatever one matter raises
        logger.exception("outside_not_followed", matter=matter, member=key, error=repr(error))
        return False
    return True


def _there(matter: str, key: str) -> None:
    with transaction.atomic():
        whole = _locked(matter)
        if whole is not None and whole.members[key].state == MemberState.WAITING:
            journal.record(SYSTEM, "matters.outside_done", Ref("matter", matter), content={"member": key})
            _settle(whole, key, MemberState.DONE, {})


@transaction.atomic
def declare_done(actor: Actor, *, matter: str, member: str, text: str, file: StoredFile | None = None) -> Member:
    """The applicant says that what somebody else was to file is done: whoever waits for it goes on, and the department
    reads what was said, with the paper, and judges it. ``file``: stored before, and the applicant's.

    Raises ``NotFound`` for a stranger, ``NotPermitted`` when the mandate does not cover who waits, ``InvalidInput``
    without a word, ``TransitionNotAllowed`` when nothing waits for it any more.
    """
    said = text.strip()
    if not said:
        raise InvalidInput.at("text", "required", _("Say how you know that it is done; the department will read it."))
    if len(said) > MOST_SAID:
        raise InvalidInput.at("text", "too_long", _("This is too long."))
    whole = _locked(matter) if actor.is_applicant else None
    if whole is None or whole.matter.applicant_id != actor.on_behalf_of_id or member not in whole.members:
        raise NotFound
    row = whole.members[member]
    if not row.by or row.state != MemberState.WAITING or whole.matter.state != MatterState.OPEN:
        raise TransitionNotAllowed
    followers = [key for key, needs in whole.needs_of.items() if any(need.before == member for need in needs)]
    require_mandate(actor, whole.matter, followers)
    Declaration.objects.create(member=row, text=said, file=file, by_party_id=actor.party_id, at=clock.now())
    journal.record(
        actor,
        "matters.declare",
        Ref("matter", matter),
        Ref("party", str(whole.matter.applicant_id)),
        *([Ref("file", file.reference)] if file is not None else []),
        content={"member": member, "text": said},
    )
    _settle(whole, member, MemberState.DONE, {})
    return row


def _locked(matter: str) -> Whole | None:
    row = Matter.objects.select_for_update(of=("self",)).filter(reference=matter).first()
    return Whole.load(row) if row is not None else None


def _settle(whole: Whole, key: str, state: str, outputs: Mapping[str, Any]) -> None:
    member = whole.members[key]
    if member.state == MemberState.OPEN or (member.by and member.state == MemberState.WAITING):
        member.state = state
        member.ended_at = clock.now()
        whole.changed.add(key)
    if outputs and member.outputs != outputs:
        member.outputs = dict(outputs)
        whole.changed.add(key)
    dropped = whole.go_on()
    whole.save()
    if dropped:
        tell_dropped(whole, dropped, because_of=member.case)


def tell_dropped(whole: Whole, dropped: Sequence[str], *, because_of: str = "") -> None:
    """What fell away is in the journal, and the applicant hears of it. ``because_of``: the case that came to nothing."""
    matter = whole.matter
    journal.record(
        SYSTEM,
        "matters.undone",
        Ref("matter", matter.reference),
        Ref("party", str(matter.applicant_id)),
        content={each: whole.members[each].undone for each in dropped},
    )
    outbox.emit(
        MembersUndone(
            matter=matter.reference,
            applicant_id=matter.applicant_id,
            because_of=because_of,
            services=[whole.title_of(each) for each in reversed(dropped)],
        )
    )
