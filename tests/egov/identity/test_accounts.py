"""An account begins without a person; the holder proves who they are, and a second factor makes it surer."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed

from egov.identity import actions, queries
from egov.identity.models import Account, Person
from egov.identity.registry import enabled, identity_providers
from egov.identity.sandbox import SandboxProvider
from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed

pytestmark = pytest.mark.django_db

NUMBER = "330106198512129980"


def verify(account, name="林晓雯", number=NUMBER, provider="sandbox"):
    return actions.verify_identity(account, provider=provider, name=name, id_number=number)


def test_signing_up_makes_an_account_without_a_person(client, settings):
    response = client.post(
        "/account/signup/",
        {"username": "lin.xiaowen", "password1": "Linjiang-2026-x", "password2": "Linjiang-2026-x"},
    )
    assert response.status_code == 302, response.content.decode()
    account = Account.objects.get(username="lin.xiaowen")
    assert (account.person_id, account.assurance) == (None, 0)
    assert queries.capacities_of(account) == []


def test_name_and_number_lead_to_the_person_on_register(identities):
    person = identities.person("林晓雯", number=NUMBER)
    account = verify(identities.account(), name=" 林晓雯 ")
    assert (account.person_id, account.assurance) == (person.pk, 2)
    assert queries.actor_for(account, "self").assurance == 2
    entry = Entry.objects.get(action="identity.verify_identity")
    assert entry.refs == [f"account:{account.pk}", f"party:{person.pk}"]


def test_somebody_new_is_entered_from_what_the_provider_vouches_for(identities):
    account = verify(identities.account())
    person = Person.objects.get(pk=account.person_id)
    assert (person.party.name, person.born_on.isoformat(), person.sex) == ("林晓雯", "1985-12-12", "female")
    assert queries.party_by_number("cn.ric", NUMBER).pk == person.pk


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [
        ("张三", NUMBER, "not_verified"),  # somebody else's
        ("林晓雯", "330106198512129981", "check"),
        ("林晓雯", "330106198512121022", "not_verified"),  # not synthetic: the sandbox lends nobody a real identity
    ],
)
def test_what_does_not_belong_together_is_refused(identities, name, number, code):
    identities.person("林晓雯", number=NUMBER)
    with pytest.raises(InvalidInput) as caught:
        verify(identities.account(), name, number)
    assert caught.value.faults[0].code == code


def test_nobody_tries_out_which_name_belongs_to_a_number(identities, frozen):
    identities.person("林晓雯", number=NUMBER)
    account, other = identities.account(), identities.account()
    frozen("2026-11-24 09:00")
    for name in ("甲", "乙", "丙", "丁", "戊"):
        with pytest.raises(InvalidInput):
            verify(account, name)
    with pytest.raises(TransitionNotAllowed) as caught:
        verify(account)
    assert caught.value.code == "too_many_attempts"
    assert Entry.objects.filter(action="identity.verify_identity_failed").count() == 5
    assert verify(other, "赵启明", "110101199003079972").person_id  # others go on
    frozen("2026-11-24 10:01")
    assert verify(account).person_id


def test_one_person_has_one_account_and_one_account_one_person(identities):
    account = verify(identities.account())
    with pytest.raises(TransitionNotAllowed):
        verify(identities.account())
    with pytest.raises(TransitionNotAllowed):
        verify(account, "赵启明", "110101199003079972")


def test_the_dead_and_closed_accounts_are_not_linked(identities):
    identities.person("林晓雯", number=NUMBER, died_on="2026-01-01")
    with pytest.raises(NotPermitted):
        verify(identities.account())
    with pytest.raises(NotPermitted):
        verify(identities.account(is_active=False), "赵启明", "110101199003079972")


def test_only_providers_in_use_are_asked(identities, settings):
    settings.EGOV_IDENTITY_PROVIDERS = []
    assert enabled() == []
    with pytest.raises(NotFound):
        verify(identities.account())


def test_the_sandbox_is_registered_and_says_it_works(settings):
    provider = identity_providers.get("sandbox")
    assert isinstance(provider, SandboxProvider)
    assert provider.check() == ""
    assert provider.verify(name="x", id_number="nonsense") is None
    assert [each.key for each in enabled()] == ["sandbox"]


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (Authenticator.Type.TOTP, 3),
        (Authenticator.Type.WEBAUTHN, 3),
        (Authenticator.Type.RECOVERY_CODES, 2),
    ],
)
def test_a_second_factor_makes_it_surer_while_it_is_there(identities, rf, kind, level):
    account = identities.account(identities.person())
    second = Authenticator.objects.create(user=account, type=kind, data={})
    authenticator_added.send(Authenticator, request=rf.get("/"), user=account, authenticator=second)
    account.refresh_from_db()
    assert account.assurance == level
    second.delete()
    authenticator_removed.send(Authenticator, request=rf.get("/"), user=account, authenticator=second)
    account.refresh_from_db()
    assert account.assurance == 2


def test_a_second_factor_alone_proves_nobody(identities, rf):
    account = identities.account()
    second = Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={})
    authenticator_added.send(Authenticator, request=rf.get("/"), user=account, authenticator=second)
    account.refresh_from_db()
    assert account.assurance == 0
    assert verify(account).assurance == 3


def test_an_administrator_links_and_unlinks(identities):
    account, person = identities.account(), identities.person()
    assert actions.link_account(SYSTEM, account=account, person=person).person_id == person.pk
    with pytest.raises(TransitionNotAllowed):
        actions.link_account(SYSTEM, account=identities.account(), person=person)
    actions.unlink_account(SYSTEM, account_id=account.pk, reason="taken over")
    account.refresh_from_db()
    assert (account.person_id, account.assurance) == (None, 0)
    actions.unlink_account(SYSTEM, account_id=account.pk, reason="again")
