"""An account acts in the capacities that its person has today, and in no other."""

import datetime as dt

import pytest

from egov.identity import queries
from egov.identity.models import Account, Representative
from egov.kernel import clock
from egov.kernel.actor import CapacityKind
from egov.kernel.errors import NotPermitted

pytestmark = pytest.mark.django_db

YESTERDAY = clock.today() - dt.timedelta(days=1)
TOMORROW = clock.today() + dt.timedelta(days=1)


def slugs(account):
    return [each.slug for each in queries.capacities_of(account)]


def denied(account, slug, code="not_permitted"):
    with pytest.raises(NotPermitted) as caught:
        queries.actor_for(account, slug)
    assert caught.value.code == code
    return True


def child_of(identities, parent, years=8, name="林小满"):
    today = clock.today()
    child = identities.person(name, born_on=today.replace(year=today.year - years, day=1))
    identities.relate(parent, child)
    return child


def test_oneself(identities, django_assert_num_queries):
    person = identities.person("林晓雯", region=identities.region())
    account = Account.objects.get(pk=identities.account(person, assurance=3).pk)
    with django_assert_num_queries(1):
        actor = queries.actor_for(account, "self", "r-1")
    assert actor.kind is CapacityKind.SELF
    assert (actor.account_id, actor.party_id, actor.on_behalf_of_id) == (account.pk, person.pk, person.pk)
    assert (actor.assurance, actor.region_code, actor.request_id, actor.capacity) == (3, "990102", "r-1", "self")
    assert actor.is_applicant


def test_an_account_without_a_person_is_told_the_way_out(identities):
    account = identities.account()
    assert denied(account, "self", "identity_not_verified")
    assert slugs(account) == []


def test_a_closed_account_acts_for_nobody(identities):
    account = identities.account(identities.person(), is_active=False)
    assert denied(account, "self")
    assert slugs(account) == []


def test_the_dead_do_not_act(identities):
    account = identities.account(identities.person(died_on=YESTERDAY))
    assert denied(account, "self")


@pytest.mark.parametrize(
    "slug", ["", "selfish", "self-1", "x-1", "g", "g-", "g-x", "p-1 or 1=1", "g--1", "o-²", "m-99999999999999999999"]
)
def test_what_is_no_capacity(identities, slug):
    assert denied(identities.account(identities.person()), slug)


# --- By law -----------------------------------------------------------------------------------------


def test_a_parent_acts_for_a_minor_child(identities, django_assert_num_queries):
    parent = identities.person("林晓雯")
    child = child_of(identities, parent)
    account = identities.account(parent)
    with django_assert_num_queries(1):
        actor = queries.actor_for(account, f"g-{child.pk}")
    assert actor.kind is CapacityKind.GUARDIAN
    assert (actor.party_id, actor.on_behalf_of_id) == (parent.pk, child.pk)
    assert slugs(account) == ["self", f"g-{child.pk}"]
    assert [each.pk for each in queries.guardians_of(child.pk)] == [parent.pk]
    assert [each.pk for each in queries.wards_of(parent.pk)] == [child.pk]


def test_with_eighteen_it_ends(identities):
    parent = identities.person()
    child = child_of(identities, parent, years=18)
    account = identities.account(parent)
    assert denied(account, f"g-{child.pk}")
    assert slugs(account) == ["self"]
    assert queries.guardians_of(child.pk) == []
    assert [each.pk for each in queries.children_of(parent.pk)] == [child.pk]


def test_not_for_the_child_of_others(identities):
    parent, stranger = identities.person(), identities.person()
    child = child_of(identities, parent)
    assert denied(identities.account(stranger), f"g-{child.pk}")
    assert denied(identities.account(child), f"g-{parent.pk}")


def test_an_appointed_guardian_acts_in_place_of_the_parents(identities):
    parent, guardian = identities.person(), identities.person("赵启明")
    child = child_of(identities, parent)
    identities.relate(guardian, child, "guardian", valid_from=YESTERDAY)
    assert denied(identities.account(parent), f"g-{child.pk}")
    assert queries.actor_for(identities.account(guardian), f"g-{child.pk}").on_behalf_of_id == child.pk
    assert [each.pk for each in queries.guardians_of(child.pk)] == [guardian.pk]
    assert queries.wards_of(parent.pk) == []


@pytest.mark.parametrize("dates", [{"valid_to": YESTERDAY}, {"valid_from": TOMORROW}])
def test_a_guardianship_acts_within_its_dates(identities, dates):
    guardian, ward = identities.person(), identities.person(born_on=dt.date(1950, 1, 1))
    identities.relate(guardian, ward, "guardian", **{"valid_from": dt.date(2020, 1, 1), **dates})
    assert denied(identities.account(guardian), f"g-{ward.pk}")


# --- For organisations ------------------------------------------------------------------------------


def test_a_representative_acts_for_the_organisation(identities, django_assert_num_queries):
    person = identities.person()
    company = identities.organisation(representative=person, region=identities.region())
    account = identities.account(person)
    with django_assert_num_queries(1):
        actor = queries.actor_for(account, f"o-{company.pk}")
    assert actor.kind is CapacityKind.REPRESENTATIVE
    assert (actor.party_id, actor.on_behalf_of_id, actor.region_code) == (person.pk, company.pk, "990102")
    assert slugs(account) == ["self", f"o-{company.pk}"]


def test_two_offices_are_one_capacity(identities):
    person = identities.person()
    company = identities.organisation(representative=person)
    Representative.objects.create(
        organisation=company, person=person, office="person_in_charge", valid_from=dt.date(2020, 1, 1)
    )
    assert slugs(identities.account(person)) == ["self", f"o-{company.pk}"]


def test_on_the_day_a_company_ends_its_representative_still_collects_the_papers(identities):
    person = identities.person()
    ending = identities.organisation(representative=person, dissolved_on=clock.today())
    assert slugs(identities.account(person)) == ["self", f"o-{ending.pk}"]


def test_nobody_acts_for_a_dissolved_organisation_or_after_leaving(identities):
    person = identities.person()
    dissolved = identities.organisation(representative=person, dissolved_on=YESTERDAY)
    left = identities.organisation(representative=person)
    left.representatives.update(valid_to=YESTERDAY)
    account = identities.account(person)
    assert denied(account, f"o-{dissolved.pk}")
    assert denied(account, f"o-{left.pk}")
    assert slugs(account) == ["self"]


# --- By mandate -------------------------------------------------------------------------------------


@pytest.fixture
def company(identities):
    return identities.organisation(representative=identities.person())


def mandate(identities, company, agent, **more):
    return identities.mandate(company.party, agent.party, by=company.representatives.get().person, **more)


def test_an_agent_acts_within_the_mandate(identities, company, django_assert_num_queries):
    agent = identities.person("吴会计")
    given = mandate(identities, company, agent, services=["TX01", "TX02"])
    account = identities.account(agent)
    with django_assert_num_queries(1):
        actor = queries.actor_for(account, f"m-{given.pk}")
    assert actor.kind is CapacityKind.AGENT
    assert (actor.party_id, actor.on_behalf_of_id, actor.mandate_id) == (agent.pk, company.pk, given.pk)
    assert actor.mandate_services == {"TX01", "TX02"}
    assert slugs(account) == ["self", f"m-{given.pk}"]


def test_a_mandate_for_all_services(identities, company):
    agent = identities.person()
    given = mandate(identities, company, agent)
    assert queries.actor_for(identities.account(agent), f"m-{given.pk}").mandate_services is None


@pytest.mark.parametrize(
    "state",
    [
        {"accepted": False},
        {"revoked_at": clock.now()},
        {"valid_to": YESTERDAY},
        {"valid_from": TOMORROW},
    ],
)
def test_a_mandate_that_is_not_in_force(identities, company, state):
    agent = identities.person()
    given = mandate(identities, company, agent, **state)
    account = identities.account(agent)
    assert denied(account, f"m-{given.pk}")
    assert slugs(account) == ["self"]


def test_an_agency_acts_through_its_representative(identities, company):
    head, employee = identities.person(), identities.person()
    agency = identities.organisation("江州代理记账有限公司", representative=head)
    given = mandate(identities, company, agency)
    account = identities.account(head)
    assert queries.actor_for(account, f"m-{given.pk}").on_behalf_of_id == company.pk
    assert slugs(account) == ["self", f"o-{agency.pk}", f"m-{given.pk}"]
    assert denied(identities.account(employee), f"m-{given.pk}")
    agency.representatives.update(valid_to=YESTERDAY)
    assert denied(account, f"m-{given.pk}")


def test_a_mandate_dies_with_its_giver(identities, company):
    agent = identities.person()
    given = mandate(identities, company, agent)
    company.dissolved_on = YESTERDAY
    company.save()
    assert denied(identities.account(agent), f"m-{given.pk}")


def test_a_mandate_of_others_is_of_no_use(identities, company):
    given = mandate(identities, company, identities.person())
    assert denied(identities.account(identities.person()), f"m-{given.pk}")


# --- In a post --------------------------------------------------------------------------------------


def test_an_officer_acts_in_a_post(identities, django_assert_num_queries):
    department = identities.department()
    unit = identities.unit(department)
    post = identities.post(unit, "reviewer", "section_head")
    account = identities.account(post.person)
    with django_assert_num_queries(1):
        actor = queries.actor_for(account, f"p-{post.pk}")
    assert actor.kind is CapacityKind.POST
    assert (actor.post_id, actor.unit_id, actor.department_id) == (post.pk, unit.pk, department.pk)
    assert actor.roles == {"reviewer", "section_head"}
    assert actor.region_code == "990102"
    assert actor.on_behalf_of_id is None
    _own, capacity = queries.capacities_of(account)
    assert (capacity.kind, capacity.unit_id, capacity.roles) == (CapacityKind.POST, unit.pk, actor.roles)
    assert capacity.names == {
        "zh-Hans": "临江区市场监督管理局 · 科员",
        "en": "临江区市场监督管理局 · Officer",
    }


def test_a_post_without_roles_has_none(identities):
    post = identities.post()
    assert queries.actor_for(identities.account(post.person), f"p-{post.pk}").roles == frozenset()


def test_the_title_follows_the_language_of_the_page(identities, settings):
    from django.utils import translation

    department = identities.department(short_name={"zh-Hans": "区市监局", "en": "Market Regulation"})
    post = identities.post(identities.unit(department), "clerk")
    capacity = queries.capacities_of(identities.account(post.person))[-1]
    assert capacity.title == "区市监局 · 科员"
    with translation.override("en"):
        assert capacity.title == "Market Regulation · Officer"


@pytest.mark.parametrize("dates", [{"valid_to": YESTERDAY}, {"valid_from": TOMORROW}])
def test_a_post_is_held_within_its_dates(identities, dates):
    post = identities.post(None, "clerk", **dates)
    assert denied(identities.account(post.person), f"p-{post.pk}")


def test_in_a_closed_unit_nobody_acts(identities):
    post = identities.post(identities.unit(closed_on=YESTERDAY))
    assert denied(identities.account(post.person), f"p-{post.pk}")


def test_the_post_of_another_person_is_of_no_use(identities):
    post = identities.post()
    assert denied(identities.account(identities.person()), f"p-{post.pk}")


# --- All --------------------------------------------------------------------------------------------


def test_one_person_has_many_capacities(identities, company, django_assert_num_queries):
    person = identities.person("林晓雯")
    child = child_of(identities, person)
    own = identities.organisation(representative=person)
    given = mandate(identities, company, person)
    first = identities.post(None, "clerk", person=person)
    head = identities.post(None, "department_head", person=person, is_head=True)
    account = Account.objects.get(pk=identities.account(person).pk)
    with django_assert_num_queries(5):
        found = slugs(account)
    assert found == ["self", f"g-{child.pk}", f"o-{own.pk}", f"m-{given.pk}", f"p-{head.pk}", f"p-{first.pk}"]
    for slug in found:
        assert queries.actor_for(account, slug).capacity == slug


# --- Configuring ------------------------------------------------------------------------------------


def test_who_may_configure_a_department(identities, administrator):
    from guardian.shortcuts import assign_perm

    department, other = identities.department(), identities.department("jz.dongshan.market")
    unit = identities.unit(department)
    officer = identities.officer("reviewer", unit=unit)
    assert queries.may_configure(administrator("platform_admin"), department)
    assert queries.may_configure(administrator("department_admin", department_id=department.pk), department)
    assert queries.may_configure(administrator("department_admin", department_id=department.pk), unit)
    assert not queries.may_configure(administrator("department_admin", department_id=department.pk), other)
    assert not queries.may_configure(administrator("department_head", department_id=department.pk), department)
    assert not queries.may_configure(officer, other)
    assert not queries.may_configure(identities.resident(), department)

    from egov.identity.models import Account, OrganisationUserObjectPermission

    assign_perm("identity.configure_organisation", Account.objects.get(pk=officer.account_id), other)
    assert OrganisationUserObjectPermission.objects.count() == 1
    assert queries.may_configure(officer, other)
    assert queries.may_configure(officer, identities.unit(other))
    assert not queries.may_configure(officer, department)
    # The grant is the account's in its post, not the resident's who holds it.
    account = Account.objects.get(pk=officer.account_id)
    assert not queries.may_configure(queries.actor_for(account, "self"), other)
