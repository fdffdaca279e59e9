"""Facts with their source, holdings, consent, corrections."""

import dataclasses
import datetime as dt
import random

import pytest
import time_machine

from egov.identity import demo
from egov.identity import queries as identity
from egov.identity.models import Organisation, OrganisationKind, Party, PartyKind, Person
from egov.journal.models import Entry
from egov.kernel.actor import ANONYMOUS, SYSTEM, Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref, Subject, subjects
from egov.registers import actions, queries
from egov.registers.actions import ConsentSpec
from egov.registers.demo import KEEPERS, lay_keepers
from egov.registers.models import DataElement, Holding, Register
from egov.registers.registry import Fact, RegisterHandler, handlers
from egov.registers.rows import rows_of

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
    return Actor(
        kind=CapacityKind.POST,
        capacity="p-1",
        party_id=person_id,
        post_id=1,
        department_id=department.pk,
        roles=frozenset({"records"}),
    )


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
        subject=Ref("thing", "T1"),
    )
    entry = Entry.objects.get(kind="view")
    assert entry.refs == [f"party:{person.pk}", "thing:T1"]
    assert entry.reason == "review"


def test_an_officer_reads_only_for_a_purpose_and_a_subject_they_may_view(
    person, department, tax_register, monkeypatch
) -> None:
    tax_register[person.pk] = Fact("1.00", "tax", dt.date(2026, 6, 30))
    asked = {"party_id": person.pk, "elements": ["tax.income_year"]}
    for missing in ({"purpose": "review"}, {"subject": Ref("thing", "T1")}, {}):
        with pytest.raises(NotPermitted):
            queries.facts(officer(department), **asked, **missing)
    subject = Subject(title=str, url=lambda *_: None, may_view=lambda ref, actor: ref.key == "T1")
    monkeypatch.setitem(subjects._handlers, "thing", subject)
    assert queries.facts(officer(department), **asked, purpose="review", subject=Ref("thing", "T1"))
    with pytest.raises(NotPermitted):
        queries.facts(officer(department), **asked, purpose="review", subject=Ref("thing", "T2"))
    assert Entry.objects.filter(kind="view").count() == 1


def test_an_officer_who_reads_their_own_data_in_a_post_leaves_a_trace_too(person, department, tax_register) -> None:
    tax_register[person.pk] = Fact("1.00", "tax", dt.date(2026, 6, 30))
    in_post = officer(department, person_id=person.pk)
    asked = {"party_id": person.pk, "elements": ["tax.income_year"]}
    with pytest.raises(NotPermitted):
        queries.facts(in_post, **asked)
    queries.facts(in_post, **asked, purpose="review", subject=Ref("thing", "T1"))
    assert Entry.objects.filter(kind="view").count() == 1


def test_nobody_reads_the_facts_of_others(person, department, tax_register) -> None:
    tax_register[person.pk] = Fact("1.00", "tax", dt.date(2026, 6, 30))
    stranger = Actor(kind=CapacityKind.SELF, capacity="self", party_id=9, on_behalf_of_id=9)
    for actor in (stranger, ANONYMOUS):
        with pytest.raises(NotPermitted):
            queries.facts(actor, party_id=person.pk, elements=["tax.income_year"], purpose="x", subject=Ref("a", "b"))


def test_an_agent_with_limits_does_not_see_everything_about_the_grantor(person, dictionary) -> None:
    agent = Actor(kind=CapacityKind.AGENT, capacity="m-1", party_id=9, on_behalf_of_id=person.pk)
    assert queries.data_about(agent, party_id=person.pk)
    limited = dataclasses.replace(agent, mandate_services=frozenset({"TX01"}))
    with pytest.raises(NotPermitted):
        queries.data_about(limited, party_id=person.pk)


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


def test_loading_the_dictionary_takes_few_statements_and_leaves_keepers_alone(
    department, django_assert_max_num_queries
):
    with django_assert_max_num_queries(9):  # each of three tables read and written, the stamp, the savepoint
        actions.load_elements(SYSTEM)
    Register.objects.filter(key="tax").update(keeper=department)
    DataElement.objects.filter(key="person.name").update(name={"en": "changed"})
    assert actions.load_elements(SYSTEM) == 1
    assert DataElement.objects.get(key="person.name").name["zh-Hans"] == "姓名"
    assert Register.objects.get(key="tax").keeper == department


def test_an_element_of_an_unknown_register_is_refused(tmp_path) -> None:
    file = tmp_path / "elements.yaml"
    file.write_text("registers: {}\nelements: {x.y: {name: {en: X}, register: moon}}")
    with pytest.raises(InvalidInput):
        actions.load_elements(SYSTEM, folder=tmp_path)


def test_an_element_stands_in_one_file_once(tmp_path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("elements: {x.y: {name: {en: X}}}")
    with pytest.raises(InvalidInput):
        actions.load_elements(SYSTEM, folder=tmp_path)
    for file in actions.DEFINITIONS.glob("*.yaml"):
        lines = file.read_text(encoding="utf-8").splitlines()
        keys = [line for line in lines if line.startswith("  ") and line[2] != " "]
        assert len(keys) == len(set(keys)), file.name


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


def test_consent_that_says_the_same_is_kept_and_another_takes_its_place(person, department) -> None:
    first = give(oneself(person), person, department)
    assert give(oneself(person), person, department).pk == first.pk
    wider = actions.give_consent(
        oneself(person),
        recipient_id=department.pk,
        elements=["person.phone", "person.name"],
        purpose={"en": "check"},
        subject=Ref("matter", "M1"),
    )
    first.refresh_from_db()
    assert first.revoked_at is not None
    asked = {"party_id": person.pk, "recipient_id": department.pk, "element": "person.phone"}
    assert queries.consented(**asked)
    assert queries.consented(**asked, subject=Ref("matter", "M1"))
    assert not queries.consented(**asked, subject=Ref("matter", "M2"))
    assert not queries.consented(**{**asked, "element": "person.born_on"})
    actions.revoke_consent(oneself(person), consent_id=wider.pk)
    assert not queries.consented(**asked)
    assert [each.pk for each in queries.consents_of(person.pk)] == [wider.pk, first.pk]


def test_consent_is_widened_by_what_joins_the_matter(person, department) -> None:
    give(oneself(person), person, department)
    more = ConsentSpec(department.pk, ["person.born_on"], {"en": "pay a pension"})
    (wider,) = actions.give_consents(
        oneself(person), party_id=person.pk, subject=Ref("matter", "M1"), consents=[more], widen=True
    )
    assert wider.elements == ["person.born_on", "person.name"]
    assert "check identity" in wider.purpose["en"]
    assert "pay a pension" in wider.purpose["en"]
    asked = {"party_id": person.pk, "recipient_id": department.pk, "element": "person.name"}
    assert queries.consented(**asked, subject=Ref("matter", "M1"))


def test_consent_needs_a_party(department) -> None:
    with pytest.raises(NotPermitted):
        actions.give_consent(
            ANONYMOUS, recipient_id=department.pk, elements=[], purpose={}, subject=Ref("matter", "M1")
        )


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
    assert [each.reference for each in queries.corrections_for(department.pk)] == [asked.reference]
    done = actions.answer_fact_correction(officer(department), reference=asked.reference, accepted=True, answer="ok")
    assert done.state == "accepted"
    with pytest.raises(TransitionNotAllowed):
        actions.answer_fact_correction(officer(department), reference=asked.reference, accepted=False, answer="no")


@pytest.mark.parametrize(("element", "proposed"), [("no.such", "x"), ("person.name", "")])
def test_a_correction_needs_a_known_datum_and_a_value(person, dictionary, element, proposed) -> None:
    with pytest.raises(InvalidInput):
        actions.ask_fact_correction(oneself(person), party_id=person.pk, element=element, proposed=proposed)


# --- Identity's own register ------------------------------------------------------------------------


def test_what_identity_knows_about_a_person(identities) -> None:
    region = identities.region()
    her = identities.person("林晓雯", sex="female", born_on=dt.date(1990, 3, 7), region=region, address="滨江路 1 号")
    him = identities.person("陈立", born_on=dt.date(1988, 7, 15))
    child = identities.person("陈小满", sex="female", born_on=dt.date(2018, 9, 2))
    for one, other in ((her, him), (him, her)):
        identities.relate(one, other, "spouse", valid_from=dt.date(2015, 1, 1))
    identities.relate(her, child)
    identities.relate(him, child)
    elements = [
        *("person.name", "person.id_number", "address.residence", "contact.phone", "spouse.name", "spouse.id_number"),
        *("child.name", "child.born_on", "child.id_number", "parent.father_name", "organisation.name"),
    ]
    with time_machine.travel(dt.datetime(2026, 11, 24, tzinfo=dt.UTC), tick=False):
        found = queries.facts(oneself(her), party_id=her.pk, elements=elements)
        about_child = queries.facts(
            Actor(kind=CapacityKind.GUARDIAN, party_id=her.pk, on_behalf_of_id=child.pk),
            party_id=child.pk,
            elements=["parent.father_name", "parent.mother_name", "parent.mother_id_number", "guardian.name"],
        )
    assert {key: fact.value for key, fact in found.items()} == {
        "person.name": "林晓雯",
        "person.id_number": identity.number_of(her.pk, "cn.ric"),
        "address.residence": "滨江路 1 号",
        "spouse.name": "陈立",
        "spouse.id_number": identity.number_of(him.pk, "cn.ric"),
        "child.name": "陈小满",
        "child.born_on": "2018-09-02",
        "child.id_number": identity.number_of(child.pk, "cn.ric"),
    }
    assert {fact.register for fact in found.values()} == {"population"}
    assert {fact.as_of for fact in found.values()} == {dt.date(2026, 11, 24)}
    assert {key: fact.value for key, fact in about_child.items()} == {
        "parent.father_name": "陈立",
        "parent.mother_name": "林晓雯",
        "parent.mother_id_number": identity.number_of(her.pk, "cn.ric"),
    }  # two parents are guardians: which one acts is not for a register to say


def test_of_several_children_the_person_says_which(identities) -> None:
    parent = identities.person(born_on=dt.date(1985, 1, 1))
    for year in (2015, 2018):
        identities.relate(parent, identities.person(born_on=dt.date(year, 1, 1)))
    assert queries.facts(oneself(parent), party_id=parent.pk, elements=["child.name"]) == {}


def test_what_identity_knows_about_an_organisation(identities) -> None:
    head = identities.person("赵启明")
    shop = identities.organisation(
        "启明面馆", kind="sole_trader", representative=head, office="operator", address="一路"
    )
    actor = Actor(kind=CapacityKind.REPRESENTATIVE, party_id=head.pk, on_behalf_of_id=shop.pk)
    elements = ["organisation.name", "organisation.legal_representative", "shop.address", "contact.name", "spouse.name"]
    found = queries.facts(actor, party_id=shop.pk, elements=elements)
    assert {key: (fact.value, fact.register) for key, fact in found.items()} == {
        "organisation.name": ("启明面馆", "organisations"),
        "organisation.legal_representative": ("赵启明", "organisations"),
        "shop.address": ("一路", "organisations"),
        "contact.name": ("赵启明", "organisations"),
    }


def test_every_element_that_a_handler_reads_is_in_the_dictionary(dictionary) -> None:
    known = set(DataElement.objects.values_list("key", flat=True))
    assert {element for _key, handler in handlers.items() for element in handler.elements()} <= known


def test_the_registers_of_the_city_have_their_keepers(dictionary) -> None:
    demo.lay_departments(random.Random(1))
    assert lay_keepers() == len(KEEPERS)
    assert lay_keepers() == 0
    assert {row.key: row.keeper.key for row in Register.objects.select_related("keeper")} == KEEPERS


def test_a_certificate_shows_what_it_attests_and_masks_numbers_of_persons(dictionary) -> None:
    rows = rows_of(
        {
            "child.name": "林小满",
            "child.sex": "female",
            "child.born_on": "2026-11-03",
            "child.birth_certificate": "V990000001",
            "parent.mother_id_number": "990102199503070023",
        }
    )
    assert [row["value"] for row in rows] == [
        "林小满",
        {"zh-Hans": "女", "en": "female"},
        "2026-11-03",
        "V990000001",
        "990***********0023",
    ]
