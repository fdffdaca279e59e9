"""Lists cost the same with one row and with twenty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egov.catalogue.models import Competence
from egov.routing.models import Synonym

pytestmark = pytest.mark.django_db


def cost(desk, path):
    desk.html(path)
    with CaptureQueriesContext(connection) as captured:
        desk.html(path)
    # Which stamps moved is asked every few seconds, whatever the page.
    return sum("kernel_counter" not in query["sql"] for query in captured.captured_queries)


def more_departments(console):
    for number in range(20):
        unit = console.identities.unit(console.identities.department(f"jz.more{number}"))
        console.identities.post(unit, "reviewer", person=console.identities.person())


def more_units(console):
    for number in range(20):
        unit = console.identities.unit(console.market, f"jz.linjiang.market.m{number}")
        console.identities.post(unit, "reviewer", person=console.identities.person())


def more_rules(console):
    row = Competence.objects.get(service__code="LC01")
    for number in range(20):
        row.pk, row.priority = None, number + 1
        row.save()


def more_words(_console):
    Synonym.objects.bulk_create(Synonym(language="en", said=f"w{n}", meant="x") for n in range(20))


def more_posts(console):
    for _number in range(20):
        console.identities.post(console.unit, "reviewer", person=console.identities.person())


def more_services(console, services):
    for number in range(20):
        services.publish(f"XX{number:02d}")


@pytest.mark.parametrize(
    ("path", "add", "at_most"),
    [
        ("departments", more_departments, 9),
        ("departments/jz.linjiang.market", more_units, 12),
        ("competences", more_rules, 9),
        ("services/LC01/next?region=990102", more_rules, 15),
        ("words", more_words, 10),
        ("units/jz.linjiang.market.services", more_posts, 15),
        ("permissions/roles/reviewer", more_posts, 9),
        ("", more_units, 22),
    ],
)
def test_a_list_costs_the_same_however_long(path, add, at_most, console):
    before = cost(console.admin, path)
    add(console)
    assert cost(console.admin, path) == before
    assert before <= at_most


def test_the_list_of_services(console, services):
    before = cost(console.admin, "services")
    more_services(console, services)
    assert cost(console.admin, "services") <= before
    assert before <= 11
