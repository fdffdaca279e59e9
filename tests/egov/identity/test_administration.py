"""What the console shows of departments, posts and permissions, without a statement per row."""

import datetime as dt

import pytest

from egov.identity import actions, queries
from egov.kernel import clock
from egov.kernel.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db

YESTERDAY = clock.today() - dt.timedelta(days=1)


@pytest.fixture
def department(identities):
    return identities.department("jz.market")


@pytest.mark.parametrize("more", [1, 20])
def test_the_tree_counts_open_units_and_posts_of_today(identities, department, more, django_assert_num_queries):
    unit = identities.unit(department)
    identities.unit(department, closed_on=YESTERDAY)
    identities.post(unit, "clerk")
    identities.post(unit, "clerk", valid_to=YESTERDAY)
    for number in range(more):
        identities.unit(identities.department(f"jz.market.d{number:02d}"))
    with django_assert_num_queries(1):
        lines = queries.department_tree()
    assert len(lines) == more + 1
    assert (lines[0].key, lines[0].units, lines[0].posts) == ("jz.market", 1, 1)


def test_open_units_stand_before_closed_ones(identities, department):
    closed = identities.unit(department, key="a", closed_on=YESTERDAY)
    second, first = identities.unit(department, key="c"), identities.unit(department, key="b")
    assert list(queries.units_of(department.pk)) == [first, second, closed]


def test_units_where_work_would_wait(identities, department):
    empty = identities.unit(department)
    left = identities.post(identities.unit(department), "clerk", valid_to=YESTERDAY).unit
    identities.post(identities.unit(department), "clerk")
    identities.unit(department, closed_on=YESTERDAY)
    assert set(queries.units_without_posts()) == {empty, left}


def test_what_is_not_there(identities, department):
    for ask in (
        lambda: queries.department_by_id(0),
        lambda: queries.department_by_id(identities.organisation().pk),
        lambda: queries.unit_by_id(0),
        lambda: queries.unit_of_post(0),
        lambda: queries.configuration_grant(0),
    ):
        with pytest.raises(NotFound):
            ask()


def test_what_is_there(identities, department):
    post = identities.post(identities.unit(department), "clerk")
    assert queries.department_by_id(department.pk) == department
    assert queries.unit_by_id(post.unit_id) == post.unit
    assert queries.unit_of_post(post.pk) == post.unit


def test_only_somebody_known_is_named_for_a_post(identities):
    known = identities.account(identities.person(), username="wang.wu")
    identities.account(username="nobody")
    assert queries.account_named("wang.wu") == known
    for name in ("nobody", "unknown"):
        with pytest.raises(InvalidInput):
            queries.account_named(name)


def test_grants_and_roles(identities, department, administrator):
    account = identities.account(identities.person())
    identities.post(None, "clerk")
    identities.post(None, "clerk", valid_to=YESTERDAY)
    actions.grant_configuration(administrator(), account_id=account.pk, thing=department)
    (grant,) = queries.configuration_grants()
    assert (grant.user, grant.content_object) == (account, department)
    assert queries.configuration_grant(grant.pk) == grant
    counts = {role.name: role.count for role in queries.roles_with_posts()}
    assert counts["clerk"] == 1
    assert counts["cashier"] == 0
    elsewhere = {role.name: role.count for role in queries.roles_with_posts(queries.Scope(frozenset({department.pk})))}
    assert elsewhere["clerk"] == 0
