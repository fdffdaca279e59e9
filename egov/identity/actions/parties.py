"""Entering people and organisations, their numbers and who stands for them."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from egov.contracts.identity import OrganisationDissolved, OrganisationRegistered, PersonDied
from egov.identity import rules
from egov.identity.actions.common import (
    add_number,
    known_region,
    locked,
    party_ref,
    require,
    write,
)
from egov.identity.models import (
    Account,
    Contact,
    HouseholdMember,
    Identifier,
    Organisation,
    OrganisationKind,
    Party,
    PartyKind,
    Person,
    Post,
    Relationship,
    Representative,
)
from egov.journal import actions as journal
from egov.kernel import clock, counters, outbox, secrets
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from egov.kernel.text import LocalisedText

# --- People -----------------------------------------------------------------------------------------


@transaction.atomic
def register_person(
    actor: Actor,
    *,
    name: str,
    id_number: str = "",
    passport: str = "",
    born_on: dt.date | None = None,
    sex: str = "",
    nationality: str = "CHN",
    region_code: str = "",
    registered_region_code: str = "",
    address: str = "",
    name_latin: str = "",
    phone: str = "",
    email: str = "",
) -> Person:
    """Enter a person. Birth date and sex follow from ``id_number``; without one they are as given.

    Raises ``NotPermitted``, and ``InvalidInput`` for a malformed or taken number, an unknown region, or a birth date
    or sex that contradicts the number.
    """
    require(rules.may_register(actor))
    if id_number:
        known = rules.check_resident_id(id_number)
        _must_agree(born_on, known.born_on, "born_on")
        _must_agree(sex, known.sex, "sex")
        born_on, sex = known.born_on, known.sex
    party = Party.objects.create(kind=PartyKind.PERSON, name=_filled(name, "name"), region_id=known_region(region_code))
    person = Person.objects.create(
        party=party,
        sex=sex,
        born_on=born_on,
        nationality=nationality,
        registered_region_id=known_region(registered_region_code, path="registered_region_code"),
        address=address,
        name_latin=name_latin,
    )
    if id_number:
        add_number(party.pk, "cn.ric", rules.check_resident_id(id_number).number, path="id_number", since=born_on)
    if passport:
        add_number(party.pk, "passport", rules.check_passport(passport), path="passport")
    _write_contacts(party.pk, phone=phone, email=email)
    journal.record(actor, "identity.register_person", party_ref(party.pk))
    return person


@transaction.atomic
def change_person(actor: Actor, *, person_id: int, reason: str = "", **changes: Any) -> Person:
    """Correct or update what the register says: ``name``, ``name_latin``, ``address``, ``nationality``,
    ``region_code``, ``registered_region_code``. Raises ``NotPermitted``, ``InvalidInput``, ``NotFound``.
    """
    require(rules.may_register(actor))
    person = locked(Person, person_id)
    party, own = _split(changes, {"name_latin", "address", "nationality"})
    if "registered_region_code" in party:
        code = party.pop("registered_region_code")
        own["registered_region_id"] = known_region(code, path="registered_region_code")
    changed = {**write(locked(Party, person_id), _party_changes(party)), **write(person, own)}
    journal.record(actor, "identity.change_person", party_ref(person_id), reason=reason, content=sorted(changed))
    return person


@transaction.atomic
def record_death(actor: Actor, *, person_id: int, died_on: dt.date) -> Person:
    """The person died: marriage, household, guardianships, posts and offices end, the account is closed.

    Raises ``NotPermitted``, ``NotFound``; ``TransitionNotAllowed`` when a death is on record already.
    """
    require(rules.may_register(actor))
    person = locked(Person, person_id)
    if person.died_on is not None:
        raise TransitionNotAllowed(_("This death is on record already."))
    if died_on > clock.today() or (person.born_on and died_on < person.born_on):
        raise InvalidInput.at("died_on", "date", _("This day is not possible."))
    person.died_on = died_on
    person.save(update_fields=["died_on"])
    for ending in (
        Relationship.objects.filter(subject=person, kind__in=["spouse", "guardian"]),
        Relationship.objects.filter(of=person, kind__in=["spouse", "guardian"]),
        HouseholdMember.objects.filter(person=person),
        Post.objects.filter(person=person),
        Representative.objects.filter(person=person),
    ):
        # What began later than the day of death is a mistake of the register and ends on its first day.
        ending.filter(valid_to__isnull=True, valid_from__gt=died_on).update(valid_to=F("valid_from"))
        ending.filter(valid_to__isnull=True).update(valid_to=died_on)
    Account.objects.filter(person=person).update(is_active=False)
    journal.record(actor, "identity.record_death", party_ref(person_id), content=died_on.isoformat())
    outbox.emit(PersonDied(party_id=person_id), request_id=actor.request_id)
    return person


# --- Organisations ----------------------------------------------------------------------------------


@transaction.atomic
def register_organisation(
    actor: Actor,
    *,
    name: str,
    kind: str,
    uscc: str = "",
    org_type: str = "",
    region_code: str = "",
    address: str = "",
    industry: str = "",
    phone: str = "",
    founded_on: dt.date | None = None,
    full_name: LocalisedText | None = None,
    short_name: LocalisedText | None = None,
    legal_representative_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> Organisation:
    """Enter an organisation that is no department (``open_department`` is for those).

    Raises ``NotPermitted``, and ``InvalidInput`` for a malformed or taken code, an unknown kind or region.
    """
    require(rules.may_register(actor))
    if kind not in OrganisationKind.values or kind == OrganisationKind.DEPARTMENT:
        raise InvalidInput.at("kind", "kind", _("This kind of organisation cannot be entered here."))
    party = Party.objects.create(
        kind=PartyKind.ORGANISATION, name=_filled(name, "name"), region_id=known_region(region_code)
    )
    organisation = Organisation.objects.create(
        party=party,
        kind=kind,
        org_type=org_type,
        full_name=full_name or {"zh-Hans": party.name},
        short_name=short_name or {},
        founded_on=founded_on or clock.today(),
        address=address,
        industry=industry,
        phone=phone,
        details=details or {},
    )
    if uscc:
        add_number(party.pk, "cn.uscc", rules.check_uscc(uscc).number, path="uscc", since=organisation.founded_on)
    if legal_representative_id is not None:
        office = "operator" if kind == OrganisationKind.SOLE_TRADER else "legal_representative"
        _add_representative(party.pk, legal_representative_id, office, founded_on or clock.today())
    journal.record(actor, "identity.register_organisation", party_ref(party.pk), content=kind)
    outbox.emit(OrganisationRegistered(party_id=party.pk, kind=kind, region=region_code), request_id=actor.request_id)
    return organisation


@transaction.atomic
def change_organisation(actor: Actor, *, organisation_id: int, reason: str = "", **changes: Any) -> Organisation:
    """Update ``name``, ``region_code``, ``full_name``, ``short_name``, ``address``, ``industry``, ``phone``,
    ``org_type``, ``details``. Raises ``NotPermitted``, ``NotFound``, ``InvalidInput``.
    """
    require(rules.may_register(actor))
    organisation = locked(Organisation, organisation_id)
    _must_exist_still(organisation)
    own_fields = {"full_name", "short_name", "address", "industry", "phone", "org_type", "details"}
    party, own = _split(changes, own_fields)
    changed = {**write(locked(Party, organisation_id), _party_changes(party)), **write(organisation, own)}
    refs = party_ref(organisation_id)
    journal.record(actor, "identity.change_organisation", refs, reason=reason, content=sorted(changed))
    return organisation


@transaction.atomic
def dissolve_organisation(actor: Actor, *, organisation_id: int, dissolved_on: dt.date | None = None) -> Organisation:
    """The organisation was deregistered: nobody acts for it any more, and its code is retired with it.

    Raises ``NotPermitted``, ``NotFound``; ``TransitionNotAllowed`` when it is dissolved already.
    """
    require(rules.may_register(actor))
    organisation = locked(Organisation, organisation_id)
    _must_exist_still(organisation)
    organisation.dissolved_on = dissolved_on or clock.today()
    organisation.save(update_fields=["dissolved_on"])
    journal.record(actor, "identity.dissolve_organisation", party_ref(organisation_id))
    event = OrganisationDissolved(party_id=organisation_id, kind=organisation.kind)
    outbox.emit(event, request_id=actor.request_id)
    return organisation


@transaction.atomic
def add_representative(
    actor: Actor, *, organisation_id: int, person_id: int, office: str, valid_from: dt.date | None = None
) -> Representative:
    """Somebody represents the organisation from now on; an earlier holder of a sole office leaves it.

    Raises ``NotPermitted``, ``NotFound``.
    """
    require(rules.may_register(actor))
    _must_exist_still(locked(Organisation, organisation_id))
    locked(Person, person_id)
    row = _add_representative(organisation_id, person_id, office, valid_from or clock.today())
    refs = (party_ref(organisation_id), party_ref(person_id))
    journal.record(actor, "identity.add_representative", *refs, content=office)
    return row


@transaction.atomic
def end_representative(
    actor: Actor, *, organisation_id: int, person_id: int, office: str, last_day: dt.date | None = None
) -> None:
    """Raises ``NotPermitted``; ``TransitionNotAllowed`` when the person does not hold the office."""
    require(rules.may_register(actor))
    ended = Representative.objects.filter(
        organisation_id=organisation_id, person_id=person_id, office=office, valid_to__isnull=True
    ).update(valid_to=last_day or clock.today())
    if not ended:
        raise TransitionNotAllowed()
    refs = (party_ref(organisation_id), party_ref(person_id))
    journal.record(actor, "identity.end_representative", *refs, content=office)


def draw_uscc(*, kind: str, region_code: str) -> str:
    """The next unified social credit code of the registering office of a region, without gaps.

    To be called in the transaction that registers the organisation.
    """
    area = region_code[:6].ljust(6, "0")
    prefix = rules.USCC_PREFIXES[kind]
    serial = counters.next_value(f"identity.uscc:{prefix}:{area}")
    return rules.make_uscc(prefix=prefix, area=area, body=rules.body_of(serial))


def draw_resident_id(*, region_code: str, born_on: dt.date, sex: str) -> str:
    """The next free identity number for a birth registered in a region.

    To be called in the transaction that registers the person.
    """
    area = region_code[:6].ljust(6, "0")
    while True:
        serial = counters.next_value(f"identity.ric:{area}:{born_on:%Y%m%d}:{sex}")
        number = rules.make_resident_id(area=area, born_on=born_on, sex=sex, serial=serial)
        digest = secrets.keyed_digest(number)
        if not Identifier.objects.filter(scheme="cn.ric", digest=digest).exists():  # given elsewhere, or imported
            return number


# --- Numbers and contacts ---------------------------------------------------------------------------


@transaction.atomic
def add_identifier(
    actor: Actor, *, party_id: int, scheme: str, number: str, valid_from: dt.date | None = None
) -> Identifier:
    """A further number. Raises ``NotPermitted``, ``NotFound``; ``InvalidInput`` when it is malformed or taken, or when
    the party already has one of this scheme (``replace_identifier`` is for that).
    """
    require(rules.may_register(actor))
    locked(Party, party_id)
    if Identifier.objects.filter(party_id=party_id, scheme=scheme, valid_to__isnull=True).exists():
        raise InvalidInput.at("number", "has_one", _("There already is a number of this kind; replace it."))
    row = add_number(party_id, scheme, rules.check_number(scheme, number), path="number", since=valid_from)
    journal.record(actor, "identity.add_identifier", party_ref(party_id), content=scheme)
    return row


@transaction.atomic
def replace_identifier(actor: Actor, *, party_id: int, scheme: str, number: str, reason: str) -> Identifier:
    """A corrected or new number; the earlier one stays in the history and no longer finds the party.

    Raises ``NotPermitted``, ``NotFound``; ``InvalidInput`` when the new one is malformed or taken.
    """
    require(rules.may_register(actor))
    locked(Party, party_id)
    number = rules.check_number(scheme, number)
    Identifier.objects.filter(party_id=party_id, scheme=scheme, valid_to__isnull=True).update(valid_to=clock.today())
    row = add_number(party_id, scheme, number, path="number")
    journal.record(actor, "identity.replace_identifier", party_ref(party_id), reason=reason, content=scheme)
    return row


@transaction.atomic
def set_contact(actor: Actor, *, party_id: int, channel: str, value: str, wanted: bool = True) -> Contact:
    """Where messages reach the party: ``channel`` "email" or "sms". A changed one has to be confirmed again.

    For the party's own side and for registrars. Raises ``NotPermitted``, ``InvalidInput``.
    """
    require(rules.may_act_for(actor, party_id) or rules.may_register(actor))
    row = _write_contact(party_id, channel, value, wanted=wanted)
    journal.record(actor, "identity.set_contact", party_ref(party_id), content=channel)
    return row


@transaction.atomic
def want_contact(actor: Actor, *, party_id: int, channel: str, wanted: bool) -> Contact:
    """Whether messages go to the contact that is known. Raises ``NotPermitted``, ``NotFound``."""
    require(rules.may_act_for(actor, party_id))
    row = Contact.objects.select_for_update().filter(party_id=party_id, channel=channel).first()
    if row is None:
        raise NotFound()
    row.wanted = wanted
    row.save(update_fields=["wanted"])
    journal.record(actor, "identity.want_contact", party_ref(party_id), content=[channel, wanted])
    return row


def _write_contacts(party_id: int, *, phone: str, email: str) -> None:
    if phone:
        _write_contact(party_id, "sms", phone)
    if email:
        _write_contact(party_id, "email", email)


def _write_contact(party_id: int, channel: str, value: str, *, wanted: bool = True) -> Contact:
    value = rules.check_phone(value) if channel == "sms" else rules.check_email(value)
    row = Contact.objects.filter(party_id=party_id, channel=channel).first() or Contact(
        party_id=party_id, channel=channel, encrypted=b""
    )
    row.wanted = wanted
    if not row.pk or secrets.decrypt(row.encrypted) != value:
        row.encrypted = secrets.encrypt(value)
        row.masked = rules.mask_phone(value) if channel == "sms" else rules.mask_email(value)
        row.verified_at = None
    row.save()
    return row


# --- Small things -----------------------------------------------------------------------------------


def _add_representative(organisation_id: int, person_id: int, office: str, since: dt.date) -> Representative:
    if office == "legal_representative":
        sole = Representative.objects.filter(organisation_id=organisation_id, office=office, valid_to__isnull=True)
        sole.filter(valid_from__gte=since).update(valid_to=F("valid_from"))
        sole.update(valid_to=since - dt.timedelta(days=1))
    return Representative.objects.create(
        organisation_id=organisation_id, person_id=person_id, office=office, valid_from=since
    )


def _must_agree(given: Any, known: Any, path: str) -> None:
    if given and given != known:
        raise InvalidInput.at(path, "contradiction", _("This contradicts the identity number."))


def _must_exist_still(organisation: Organisation) -> None:
    if organisation.dissolved_on is not None:
        raise TransitionNotAllowed(_("This organisation was dissolved."))


def _filled(name: str, path: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise InvalidInput.at(path, "name", _("A name has 1 to 200 characters."))
    return name


def _split(changes: dict[str, Any], own: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What concerns the party, and what its own row. Raises ``TypeError`` for a field that cannot be changed."""
    rest = {name: value for name, value in changes.items() if name not in own}
    unknown = rest.keys() - {"name", "region_code", "registered_region_code"}
    if unknown:
        raise TypeError(f"cannot be changed: {sorted(unknown)}")
    return rest, {name: value for name, value in changes.items() if name in own}


def _party_changes(changes: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "name" in changes:
        found["name"] = _filled(changes["name"], "name")
    if "region_code" in changes:
        found["region_id"] = known_region(changes["region_code"])
    return found
