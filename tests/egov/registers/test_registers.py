"""Facts with their source, holdings, consent, corrections."""

import datetime as dt

import pytest
import time_machine

from egov.identity.models import Organisation, OrganisationKind, Party, PartyKind, Person
from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.registers import actions, queries
from egov.registers.actions import ConsentSpec
from egov.registers.models import DataElement, Holding, Register
from egov.registers.registry import Fact, RegisterHandler, handlers

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    party = Party.objects.create(kind=PartyKind.PERSON, name="林晓雯")
    return Person.objects.create(party=party, sex="female", born_on=dt.date(1990, 3, 7))


@pytest.fixture
def department() -> Organisation:
    party = Party.objects.create(kind=PartyKind.ORGANISATION, name="公安局")
    return Organisation.objects.create(party=party, kind=OrganisationKind.DEPARTMENT, key="jz.police")


@pytest.fixture
def dictionary() -> int:
    return actions.load_elements(SYSTEM)


@pytest.fixture
def tax_register(monkeypatch):
    """A register of this test: one element, read from a table in memory."""
    known = {}
    handler = RegisterHandler(
        key="test",
        elements=lambda: ["tax.income_year"],
        facts=lambda party, names: {n: known[party] for n in names if party in known},
    )
    monkeypatch.setitem(handlers._handlers, "test", handler)
    return known


def oneself(person: Person) -> Actor:
    return Actor(kind=CapacityKind.SELF, capacity="self", party_id=person.pk, on_behalf_of_id=person.pk)


def officer(department: Organisation, person_id: int = 9) -> Actor:
    return Actor(kind=CapacityKind.POST, capacity="p-1", party_id=person_id, post_id=1, department_id=department.pk)


def test_a_fact_comes_with_its_register_and_day(person, tax_register) -> None:
    tax_register[person.pk] = Fact("86000.00", "tax", dt.date(2026, 6, 30))
    found = queries.facts(oneself(person), party_id=person.pk, elements=["tax.income_year", "tax.paid_year"])
    assert found == {"tax.income_year": Fact("86000.00", "tax", dt.date(2026, 6, 30))}


def test_reading_my_own_facts_is_not_journaled(person, tax_register) -> None:
    tax_register[person.pk] = Fact("1.00", "tax", dt.date(2026, 6, 30))
    queries.facts(oneself(person), party_id=person.pk, elements=["tax.income_year"])
    assert not Entry.objects.filter(kind="view").exists()


def test_an_officer_who_reads_leaves_one_entry_with_the_purpose(person, department, tax_register) -> None:
    tax_register[person.pk] = Fact("1.00", "tax", dt.date(2026, 6, 30))
    queries.facts(
        officer(department),
        party_id=person.pk,
        elements=["tax.income_year"],
        purpose="review",
        subject=Ref("case", "C1"),
    )
    entry = Entry.objects.get(kind="view")
    assert entry.refs == [f"party:{person.pk}", "case:C1"]
    assert entry.reason == "review"


def test_registers_of_others_are_not_read_while_a_page_is_rendered(person, monkeypatch) -> None:
    def explode(*_args):
        raise AssertionError("a remote register was read")

    remote = RegisterHandler(key="far", elements=lambda: ["person.email"], facts=explode, remote=True)
    monkeypatch.setitem(handlers._handlers, "far", remote)
    queries.facts(oneself(person), party_id=person.pk, elements=["person.email"])


def test_the_dictionary_loads_twice_without_a_change(dictionary) -> None:
    assert dictionary > 100
    assert actions.load_elements(SYSTEM) == 0
    assert DataElement.objects.get(key="person.name").register.key == "population"


def test_every_element_has_both_languages(dictionary) -> None:
    assert all(row.name.get("zh-Hans") and row.name.get("en") for row in DataElement.objects.all())


def test_data_about_me_names_register_and_keeper(person, department, dictionary, tax_register) -> None:
    tax_register[person.pk] = Fact("86000.00", "tax", dt.date(2026, 6, 30))
    Register.objects.filter(key="tax").update(keeper=department)
    line = next(x for x in queries.data_about(oneself(person), party_id=person.pk) if x.element == "tax.income_year")
    assert (line.keeper, line.register["en"], line.sensitive) == ("公安局", "Tax register", True)


def test_holding_the_same_output_twice_is_one_row(person) -> None:
    for _ in range(2):
        actions.hold(
            SYSTEM, party_id=person.pk, service="CL04", output="RES_PERMIT", source=Ref("case", "C1"),
            valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2026, 12, 31),
        )  # fmt: skip
    assert Holding.objects.count() == 1


def test_a_holding_counts_only_while_it_is_valid(person) -> None:
    actions.hold(
        SYSTEM, party_id=person.pk, service="CL04", output="RES_PERMIT", source=Ref("case", "C1"),
        valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2026, 12, 31),
    )  # fmt: skip
    with time_machine.travel(dt.datetime(2026, 6, 1, tzinfo=dt.UTC), tick=False):
        assert queries.holdings_of(person.pk).count() == 1
        actions.end_holding(SYSTEM, source=Ref("case", "C1"))
        assert queries.holdings_of(person.pk).count() == 0
    assert queries.holdings_of(person.pk, dt.date(2027, 1, 1)).count() == 0


def give(actor: Actor, person: Person, department: Organisation):
    spec = ConsentSpec(department.pk, ["person.name"], {"en": "check identity"})
    return actions.give_consents(actor, party_id=person.pk, subject=Ref("matter", "M1"), consents=[spec])[0]


def test_consent_is_given_and_revoked_by_whom_it_concerns(person, department) -> None:
    consent = give(oneself(person), person, department)
    assert actions.revoke_consent(oneself(person), consent_id=consent.pk).revoked_at
    with pytest.raises(TransitionNotAllowed):
        actions.revoke_consent(oneself(person), consent_id=consent.pk)


def test_nobody_else_gives_or_revokes_consent(person, department) -> None:
    with pytest.raises(NotPermitted):
        give(officer(department), person, department)
    consent = give(oneself(person), person, department)
    with pytest.raises(NotPermitted):
        actions.revoke_consent(officer(department), consent_id=consent.pk)
    with pytest.raises(NotFound):
        actions.revoke_consent(oneself(person), consent_id=consent.pk + 1)


def test_a_wrong_fact_is_corrected_through_its_keeper(person, department, dictionary, tax_register) -> None:
    tax_register[person.pk] = Fact("1.00", "tax", dt.date(2026, 6, 30))
    Register.objects.filter(key="tax").update(keeper=department)
    asked = actions.ask_fact_correction(
        oneself(person), party_id=person.pk, element="tax.income_year", proposed="2.00", reason="wrong year"
    )
    assert asked.present == "1.00"
    stranger = Organisation.objects.create(
        party=Party.objects.create(kind=PartyKind.ORGANISATION, name="民政局"), kind="department", key="jz.civil"
    )
    with pytest.raises(NotPermitted):
        actions.answer_fact_correction(officer(stranger), reference=asked.reference, accepted=True, answer="")
    done = actions.answer_fact_correction(officer(department), reference=asked.reference, accepted=True, answer="ok")
    assert done.state == "accepted"
    with pytest.raises(TransitionNotAllowed):
        actions.answer_fact_correction(officer(department), reference=asked.reference, accepted=False, answer="no")


@pytest.mark.parametrize(("element", "proposed"), [("no.such", "x"), ("person.name", "")])
def test_a_correction_needs_a_known_datum_and_a_value(person, dictionary, element, proposed) -> None:
    with pytest.raises(InvalidInput):
        actions.ask_fact_correction(oneself(person), party_id=person.pk, element=element, proposed=proposed)
