"""Accounts: who is behind one, and how surely."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.identity import rules
from egov.identity.actions.common import add_number, locked, party_ref, require
from egov.identity.models import Account, Contact, Party, PartyKind, Person
from egov.identity.queries import party_by_number
from egov.identity.registry import VerifiedIdentity, enabled
from egov.journal import actions as journal
from egov.journal import queries as journal_queries
from egov.kernel import clock
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref

NONE, REAL_NAME, SECOND_FACTOR = 0, 2, 3
ATTEMPTS = 5  # failures within an hour after which nobody is asked any more
FAILED = "identity.verify_identity_failed"
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def verify_identity(account: Account, *, provider: str, name: str, id_number: str, request_id: str = "") -> Account:
    """The person behind ``account`` proves who they are; the provider is asked outside any transaction.

    Links the account to the person on register, or enters the person first. Raises ``InvalidInput`` when the number is
    malformed, or name and number do not belong together; ``TransitionNotAllowed`` when the account has a person or the
    person an account, or after ``ATTEMPTS`` failures within an hour; ``NotFound`` for a provider that is not in use;
    ``Unavailable`` when it does not answer.
    """
    _must_have_attempts_left(account)
    asked = next((each for each in enabled() if each.key == provider), None)
    if asked is None:
        raise NotFound(_("There is no such way to verify an identity."))
    number = rules.check_resident_id(id_number).number
    name = " ".join(name.split())
    verified = asked.verify(name=name, id_number=number)
    if verified is None:
        _record_failure(account, provider, request_id)
        raise InvalidInput.at(
            "id_number", "not_verified", _("Name and identity number could not be verified together.")
        )
    return _link_verified(account.pk, verified, provider, request_id)


def _must_have_attempts_left(account: Account) -> None:
    """Nobody tries out which names belong to which numbers."""
    if account.person_id is not None:
        raise TransitionNotAllowed(_("This account is already linked to a person."))
    since = clock.now() - dt.timedelta(hours=1)
    failed = journal_queries.entries_about(Ref("account", str(account.pk))).filter(action=FAILED, at__gte=since)
    if failed.count() >= ATTEMPTS:
        raise TransitionNotAllowed(
            _("Too many attempts."),
            code="too_many_attempts",
            way_out=_("Try again in an hour, or verify your identity at a service hall."),
        )


def _record_failure(account: Account, provider: str, request_id: str) -> None:
    actor = Actor(kind=CapacityKind.ANONYMOUS, account_id=account.pk, request_id=request_id)
    journal.record(actor, FAILED, Ref("account", str(account.pk)), content=provider)


@transaction.atomic
def _link_verified(account_id: int, verified: VerifiedIdentity, provider: str, request_id: str) -> Account:
    party = party_by_number("cn.ric", verified.id_number)
    if party is None:
        party = Party.objects.create(kind=PartyKind.PERSON, name=verified.name, region_id=verified.region_code or None)
        Person.objects.create(party=party, born_on=verified.born_on, sex=verified.sex)
        add_number(party.pk, "cn.ric", verified.id_number, path="id_number", since=verified.born_on)
    account = _link(account_id, party.pk)
    actor = Actor(
        kind=CapacityKind.SELF, capacity="self", account_id=account_id, party_id=party.pk, on_behalf_of_id=party.pk
    )
    refs = (Ref("account", str(account_id)), party_ref(party.pk))
    journal.record(actor.with_request(request_id), "identity.verify_identity", *refs, content=provider)
    return account


@transaction.atomic
def link_account(actor: Actor, *, account: Account, person: Person) -> Account:
    """An administrator says who is behind an account (a civil servant's, a window's). Raises ``NotPermitted``;
    ``TransitionNotAllowed`` when the account has a person or the person an account.
    """
    require(rules.may_administer_platform(actor))
    linked = _link(account.pk, person.pk)
    journal.record(actor, "identity.link_account", Ref("account", str(account.pk)), party_ref(person.pk))
    return linked


@transaction.atomic
def unlink_account(actor: Actor, *, account_id: int, reason: str) -> Account:
    """Nobody is behind the account any more (a mistake, a takeover). Raises ``NotPermitted``, ``NotFound``."""
    require(rules.may_administer_platform(actor))
    account = locked(Account, account_id)
    refs = [Ref("account", str(account_id))]
    if account.person_id is not None:
        refs.append(party_ref(account.person_id))
    account.person = None
    account.assurance = NONE
    account.save(update_fields=["person", "assurance"])
    journal.record(actor, "identity.unlink_account", *refs, reason=reason)
    return account


@transaction.atomic
def confirm_contact(account: Account, *, channel: str) -> None:
    """The holder entered the code that was sent to their contact. Raises ``NotFound`` without such a contact."""
    if account.person_id is None:
        raise NotFound()
    if not Contact.objects.filter(party_id=account.person_id, channel=channel).update(verified_at=clock.now()):
        raise NotFound()


def set_language(account: Account, *, language: str) -> None:
    """The language of messages and letters to the account's holder, as Django names it ("zh-hans", "en")."""
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput.at("language", "unknown", _("This language is not offered."))
    account.language = language
    account.save(update_fields=["language"])


@transaction.atomic
def refresh_assurance(account_id: int) -> int:
    """How surely the account's holder is known: 0 not, 2 by name and number, 3 with a second factor too.

    Called when a person is linked and when a second factor comes or goes.
    """
    account = locked(Account, account_id)
    account.assurance = _assurance(account)
    account.save(update_fields=["assurance"])
    return account.assurance


def _assurance(account: Account) -> int:
    if account.person_id is None:
        return NONE
    has_second = Authenticator.objects.filter(user_id=account.pk, type__in=SECOND_FACTORS).exists()
    return SECOND_FACTOR if has_second else REAL_NAME


def _link(account_id: int, person_id: int) -> Account:
    account = locked(Account, account_id)
    if not account.is_active:
        raise NotPermitted()
    if account.person_id is not None:
        raise TransitionNotAllowed(_("This account is already linked to a person."))
    person = locked(Person, person_id)
    if person.died_on is not None:
        raise NotPermitted()
    if Account.objects.filter(person=person).exists():
        raise TransitionNotAllowed(
            _("This person already has an account."),
            way_out=_("Sign in with it, or have its access restored at a service hall."),
        )
    account.person = person
    account.assurance = _assurance(account)
    account.save(update_fields=["person", "assurance"])
    return account
