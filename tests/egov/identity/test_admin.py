"""The admin shows these tables, changes none, and leaves a trace of every look at a person."""

import pytest
from django.contrib import admin
from django.urls import reverse

from egov.deadlines.models import CalendarDay, Clock, WorkCalendar
from egov.identity.models import (
    Account,
    Household,
    Identifier,
    Mandate,
    Organisation,
    Person,
    Post,
    Region,
    Relationship,
    Unit,
)
from egov.journal import actions as journal
from egov.journal.models import Entry, TreeHead
from egov.kernel.actor import SYSTEM
from egov.registers.models import Consent, DataElement, FactCorrection, Holding, Register

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

SHOWN = (
    *(Account, Household, Identifier, Mandate, Organisation, Person, Post, Region, Relationship, Unit),
    *(CalendarDay, Clock, WorkCalendar, Entry, TreeHead),
    *(Consent, DataElement, FactCorrection, Holding, Register),
)


@pytest.fixture
def root(client):
    account = Account.objects.create(username="root", is_staff=True, is_superuser=True)
    client.force_login(account)
    return client


def page(model, view, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model._meta.label)
def test_a_list_opens_and_nothing_can_be_added(root, model, identities):
    identities.post(None, "clerk")
    identities.mandate(identities.person().party, identities.person().party, by=identities.person())
    identities.relate(identities.person(), identities.person())
    assert root.get(page(model, "changelist")).status_code == 200
    assert root.get(page(model, "add")).status_code == 403
    assert not admin.site._registry[model].has_delete_permission(None)


def test_opening_a_person_leaves_a_trace(root, identities):
    person = identities.person("林晓雯")
    response = root.get(page(Person, "change", person.pk))
    assert response.status_code == 200
    entry = Entry.objects.get(kind="view")
    assert (entry.refs, entry.reason, entry.capacity) == ([f"party:{person.pk}"], "admin", "admin")
    assert root.post(page(Person, "change", person.pk), {"sex": "male"}).status_code == 403


def test_a_list_of_people_leaves_one_entry_with_those_it_showed(root, identities):
    people = [identities.person(name) for name in ("甲", "乙")]
    root.get(page(Person, "changelist"))
    entry = Entry.objects.get(kind="list")
    assert entry.refs == [f"party:{each.pk}" for each in people]


def test_no_page_shows_a_number(root, identities):
    person = identities.person(number="330106198512129980")
    row = Identifier.objects.get(party_id=person.pk)
    content = root.get(page(Identifier, "change", row.pk)).content.decode()
    assert "330***********9980" in content
    assert "330106198512129980" not in content
    assert bytes(row.digest).hex() not in content


def test_the_journal_itself_can_be_looked_at(root):
    entry = journal.record(SYSTEM, "x")
    assert root.get(page(Entry, "change", entry.pk)).status_code == 200
