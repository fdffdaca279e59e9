"""A mandate is granted by the party itself, accepted by the agent, and ended by either."""

import datetime as dt

import pytest

from egov.identity import actions, queries
from egov.identity.models import Account
from egov.journal.models import Entry
from egov.kernel import clock
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(identities):
    return identities.organisation(representative=identities.person("林晓雯"))


@pytest.fixture
def head(identities, company):
    return identities.representative(company)


@pytest.fixture
def agent(identities):
    return identities.resident(identities.person("吴会计"))


def granted(head, agent, **more):
    return actions.grant_mandate(head, grantor_id=head.on_behalf_of_id, agent_id=agent.party_id, **more)


def test_granted_accepted_used_revoked(head, agent, company):
    mandate = granted(head, agent, services=["TX02", "TX01", "TX01"])
    account = Account.objects.get(pk=agent.account_id)
    assert mandate.services == ["TX01", "TX02"]
    assert mandate.granted_by_id == head.party_id
    assert len(queries.capacities_of(account)) == 1
    actions.accept_mandate(agent, mandate_id=mandate.pk)
    acting = queries.actor_for(account, f"m-{mandate.pk}")
    assert (acting.on_behalf_of_id, acting.mandate_services) == (company.pk, {"TX01", "TX02"})
    assert [each.pk for each in queries.mandates_given(company.pk)] == [mandate.pk]
    assert [each.pk for each in queries.mandates_held(agent.party_id)] == [mandate.pk]
    actions.revoke_mandate(head, mandate_id=mandate.pk)
    with pytest.raises(NotPermitted):
        queries.actor_for(account, f"m-{mandate.pk}")
    acts = (
        Entry.objects.filter(refs__contains=[f"mandate:{mandate.pk}"]).order_by("id").values_list("action", flat=True)
    )
    assert list(acts) == ["identity.grant_mandate", "identity.accept_mandate", "identity.revoke_mandate"]


def test_the_agent_declines_or_gives_it_up(head, agent):
    declined = granted(head, agent)
    actions.revoke_mandate(agent, mandate_id=declined.pk)
    with pytest.raises(TransitionNotAllowed):
        actions.accept_mandate(agent, mandate_id=declined.pk)
    held = granted(head, agent)
    actions.accept_mandate(agent, mandate_id=held.pk)
    acting = queries.actor_for(Account.objects.get(pk=agent.account_id), f"m-{held.pk}")
    assert actions.revoke_mandate(acting, mandate_id=held.pk).revoked_by_id == agent.party_id


def test_an_agency_accepts_through_its_representative(identities, head):
    agency = identities.organisation("江州代理记账有限公司", representative=identities.person())
    mandate = actions.grant_mandate(head, grantor_id=head.on_behalf_of_id, agent_id=agency.pk)
    acting = identities.representative(agency)
    actions.accept_mandate(acting, mandate_id=mandate.pk)
    assert [each.pk for each in queries.mandates_held(acting.party_id)] == [mandate.pk]


def test_each_step_once(head, agent):
    mandate = granted(head, agent)
    actions.accept_mandate(agent, mandate_id=mandate.pk)
    with pytest.raises(TransitionNotAllowed):
        actions.accept_mandate(agent, mandate_id=mandate.pk)
    actions.revoke_mandate(head, mandate_id=mandate.pk)
    with pytest.raises(TransitionNotAllowed):
        actions.revoke_mandate(head, mandate_id=mandate.pk)


def test_it_is_given_to_somebody_else_who_exists_and_for_days_in_order(head, agent):
    with pytest.raises(InvalidInput):
        actions.grant_mandate(head, grantor_id=head.on_behalf_of_id, agent_id=head.on_behalf_of_id)
    with pytest.raises(NotFound):
        actions.grant_mandate(head, grantor_id=head.on_behalf_of_id, agent_id=0)
    with pytest.raises(InvalidInput):
        granted(head, agent, valid_to=clock.today() - dt.timedelta(days=1))
    with pytest.raises(NotFound):
        actions.accept_mandate(agent, mandate_id=0)


def test_an_agent_does_not_pass_it_on(identities, head, agent):
    mandate = granted(head, agent)
    actions.accept_mandate(agent, mandate_id=mandate.pk)
    acting = queries.actor_for(Account.objects.get(pk=agent.account_id), f"m-{mandate.pk}")
    with pytest.raises(NotPermitted):
        actions.grant_mandate(acting, grantor_id=head.on_behalf_of_id, agent_id=identities.person().pk)


def test_without_a_verified_identity_nobody_binds_themselves(identities):
    unsure = identities.resident(assurance=1)
    with pytest.raises(NotPermitted):
        actions.grant_mandate(unsure, grantor_id=unsure.party_id, agent_id=identities.person().pk)
