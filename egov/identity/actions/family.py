"""Kinship, marriage, guardianship, households."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.identity import rules
from egov.identity.actions.common import known_region, locked, party_ref, require
from egov.identity.models import Household, HouseholdMember, Person, Relationship, RelationshipKind
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, TransitionNotAllowed
from egov.kernel.refs import Ref


@transaction.atomic
def relate(
    actor: Actor, *, subject_id: int, of_id: int, kind: str, valid_from: dt.date | None = None, source: str = ""
) -> Relationship:
    """``subject`` is parent, spouse or guardian of ``of`` from that day (today). A marriage is written both ways.

    Raises ``NotPermitted``, ``NotFound``; ``InvalidInput`` when the law does not allow it (Civil Code arts. 1042,
    1047: age, one marriage) or a parent would be younger than the child; ``TransitionNotAllowed`` when it stands.
    """
    require(rules.may_register(actor))
    if subject_id == of_id:
        raise InvalidInput.at("of_id", "self", _("Nobody is related to themselves."))
    first, second = sorted((subject_id, of_id))  # always in this order, so that two of us never wait for each other
    people = {pk: locked(Person, pk) for pk in (first, second)}
    day = valid_from or clock.today()
    standing = Relationship.objects.filter(subject_id=subject_id, of_id=of_id, kind=kind, valid_to__isnull=True)
    if standing.exists():
        raise TransitionNotAllowed(_("This relationship is on record already."))
    _CHECKS.get(kind, _any)(people[subject_id], people[of_id], day)
    rows = [Relationship(subject_id=subject_id, of_id=of_id, kind=kind, valid_from=day, source=source)]
    if kind == RelationshipKind.SPOUSE:
        rows.append(Relationship(subject_id=of_id, of_id=subject_id, kind=kind, valid_from=day, source=source))
    Relationship.objects.bulk_create(rows)
    journal.record(actor, "identity.relate", party_ref(subject_id), party_ref(of_id), content=kind)
    return rows[0]


@transaction.atomic
def end_relationship(
    actor: Actor, *, subject_id: int, of_id: int, kind: str, last_day: dt.date | None = None, reason: str = ""
) -> None:
    """Divorce, end of a guardianship, a corrected parent. A marriage ends both ways.

    Raises ``NotPermitted``; ``TransitionNotAllowed`` when it does not stand.
    """
    require(rules.may_register(actor))
    pairs = [(subject_id, of_id), (of_id, subject_id)] if kind == RelationshipKind.SPOUSE else [(subject_id, of_id)]
    ended = 0
    for subject, of in pairs:
        standing = Relationship.objects.filter(subject_id=subject, of_id=of, kind=kind, valid_to__isnull=True)
        ended += standing.update(valid_to=last_day or clock.today())
    if not ended:
        raise TransitionNotAllowed()
    refs = (party_ref(subject_id), party_ref(of_id))
    journal.record(actor, "identity.end_relationship", *refs, reason=reason, content=kind)


def _any(_subject: Person, _of: Person, _day: dt.date) -> None:
    """Nothing to check."""


def _parent(subject: Person, of: Person, _day: dt.date) -> None:
    if subject.born_on and of.born_on and subject.born_on >= of.born_on:
        raise InvalidInput.at("subject_id", "age", _("A parent is older than the child."))


def _spouses(subject: Person, of: Person, day: dt.date) -> None:
    for person in (subject, of):
        if person.died_on is not None:
            raise InvalidInput.at("of_id", "dead", _("One of them died."))
        if person.born_on and person.sex and rules.age_on(person.born_on, day) < rules.MARRIAGE_AGE[person.sex]:
            raise InvalidInput.at("of_id", "age", _("One of them has not reached the age for marriage."))
    if Relationship.objects.filter(subject__in=[subject, of], kind="spouse", valid_to__isnull=True).exists():
        raise InvalidInput.at("of_id", "married", _("One of them is married."))


_CHECKS = {RelationshipKind.PARENT.value: _parent, RelationshipKind.SPOUSE.value: _spouses}


@transaction.atomic
def open_household(actor: Actor, *, number: str, region_code: str, address: str, head_id: int) -> Household:
    """A registered household with its head. Raises ``NotPermitted``, ``NotFound``, ``InvalidInput``."""
    require(rules.may_register(actor))
    region = known_region(region_code)
    if region is None:
        raise InvalidInput.at("region_code", "region", _("There is no such region."))
    if Household.objects.filter(number=number).exists():
        raise InvalidInput.at("number", "taken", _("There already is a household of this number."))
    household = Household.objects.create(number=number, region_id=region, address=address)
    _join(household, head_id, "head", clock.today())
    journal.record(actor, "identity.open_household", Ref("household", number), party_ref(head_id))
    return household


@transaction.atomic
def join_household(
    actor: Actor, *, number: str, person_id: int, role: str, valid_from: dt.date | None = None
) -> HouseholdMember:
    """The person is registered in this household from that day (today), and no longer in another.

    ``role``: head, spouse, child, parent, other. Raises ``NotPermitted``, ``NotFound``.
    """
    require(rules.may_register(actor))
    household = locked(Household, Household.objects.filter(number=number).values_list("pk", flat=True).first())
    member = _join(household, person_id, role, valid_from or clock.today())
    person = locked(Person, person_id)
    person.registered_region_id = household.region_id
    person.save(update_fields=["registered_region_id"])
    journal.record(actor, "identity.join_household", Ref("household", number), party_ref(person_id), content=role)
    return member


@transaction.atomic
def leave_household(actor: Actor, *, person_id: int, last_day: dt.date | None = None) -> None:
    """Raises ``NotPermitted``; ``TransitionNotAllowed`` when the person is in no household."""
    require(rules.may_register(actor))
    ended = HouseholdMember.objects.filter(person_id=person_id, valid_to__isnull=True).update(
        valid_to=last_day or clock.today()
    )
    if not ended:
        raise TransitionNotAllowed()
    journal.record(actor, "identity.leave_household", party_ref(person_id))


def _join(household: Household, person_id: int, role: str, day: dt.date) -> HouseholdMember:
    locked(Person, person_id)
    earlier = HouseholdMember.objects.filter(person_id=person_id, valid_to__isnull=True)
    for row in earlier:
        row.valid_to = max(row.valid_from, day - dt.timedelta(days=1))
        row.save(update_fields=["valid_to"])
    return HouseholdMember.objects.create(household=household, person_id=person_id, role=role, valid_from=day)
