"""Entering people and organisations, their numbers, and reading what is known about them."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from egov.identity import actions, queries, rules
from egov.identity.models import Account, Contact, Identifier, Party, Person, Post, Region
from egov.journal.models import Entry
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from egov.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db

NUMBER = "330106198512129980"
CODE = "91330106MA2DEM0A0F"


def faults(call, *args, **kwargs):
    with pytest.raises(InvalidInput) as caught, transaction.atomic():
        call(*args, **kwargs)
    return {fault.path: fault.code for fault in caught.value.faults}


def last_entry():
    return Entry.objects.order_by("-id").first()


# --- People -----------------------------------------------------------------------------------------


def test_a_person_is_entered_and_found_by_number(identities):
    identities.region()
    person = actions.register_person(
        SYSTEM, name=" 林晓雯 ", id_number=NUMBER, region_code="990102", phone="13800131234", email="x@example.cn"
    )
    person.refresh_from_db()
    assert person.party.name == "林晓雯"
    assert (person.born_on, person.sex) == (dt.date(1985, 12, 12), "female")
    assert queries.party_by_number("cn.ric", f" {NUMBER} ").pk == person.pk
    assert queries.number_of(person.pk, "cn.ric") == NUMBER
    entry = last_entry()
    assert entry.action == "identity.register_person"
    assert entry.refs == [f"party:{person.pk}"]


def test_numbers_and_contacts_are_not_readable_in_the_database():
    person = actions.register_person(
        SYSTEM, name="林晓雯", id_number=NUMBER, phone="13800131234", email="xy@example.cn"
    )
    with connection.cursor() as cursor:
        for table in ("identity_identifier", "identity_contact", "journal_entry"):
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            text = cursor.fetchone()[0]
            for secret in (NUMBER, "13800131234", "xy@example.cn", NUMBER.encode().hex()):
                assert secret not in text
    assert Identifier.objects.get(party_id=person.pk).masked == "330***********9980"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"id_number": "330106198512129981"}, {"id_number": "check"}),
        ({"id_number": NUMBER, "sex": "male"}, {"sex": "contradiction"}),
        ({"id_number": NUMBER, "born_on": dt.date(1985, 12, 13)}, {"born_on": "contradiction"}),
        ({"name": "  "}, {"name": "name"}),
        ({"name": "长" * 201}, {"name": "name"}),
        ({"region_code": "000000"}, {"region_code": "region"}),
        ({"registered_region_code": "000000"}, {"registered_region_code": "region"}),
        ({"passport": "!"}, {"passport": "characters"}),
        ({"phone": "1"}, {"phone": "phone"}),
        ({"email": "x"}, {"email": "email"}),
    ],
)
def test_a_person_is_not_entered_with_faults(given, expected):
    before = Party.objects.count()
    assert faults(actions.register_person, SYSTEM, **{"name": "林晓雯", **given}) == expected
    assert Party.objects.count() == before


def test_a_number_belongs_to_one_person():
    actions.register_person(SYSTEM, name="林晓雯", id_number=NUMBER)
    assert faults(actions.register_person, SYSTEM, name="另一人", id_number=NUMBER) == {"id_number": "taken"}
    with pytest.raises(IntegrityError), transaction.atomic():  # and the database knows it too
        row = Identifier.objects.get()
        row.pk = None
        row.party = Party.objects.create(kind="person", name="另一人")
        row.save()


def test_a_foreigner_without_an_identity_number():
    person = actions.register_person(
        SYSTEM, name="Anna Schmidt", passport="C01X00T47", born_on=dt.date(1980, 1, 1), nationality="DEU"
    )
    assert queries.party_by_number("passport", "c01x00t47").pk == person.pk
    assert queries.identity_facts(person.pk)["person.passport_number_masked"] == "C******47"


def test_a_corrected_number_keeps_its_history(identities):
    person = actions.register_person(SYSTEM, name="林晓雯", id_number=NUMBER)
    other = identities.person(number="310101197806309987")
    corrected = "33010619950502996X"
    assert faults(
        actions.replace_identifier, SYSTEM, party_id=person.pk, scheme="cn.ric", number="310101197806309987", reason=""
    ) == {"number": "taken"}
    actions.replace_identifier(SYSTEM, party_id=person.pk, scheme="cn.ric", number=corrected, reason="correction")
    assert queries.party_by_number("cn.ric", corrected).pk == person.pk
    assert queries.party_by_number("cn.ric", NUMBER) is None
    assert Identifier.objects.filter(party_id=person.pk).count() == 2
    assert queries.number_of(other.pk, "cn.ric") == "310101197806309987"
    # A number that nobody has any more may come back to its holder.
    actions.replace_identifier(SYSTEM, party_id=person.pk, scheme="cn.ric", number=NUMBER, reason="back")
    assert queries.number_of(person.pk, "cn.ric") == NUMBER


def test_a_second_number_of_a_kind_is_a_replacement():
    person = actions.register_person(SYSTEM, name="林晓雯", id_number=NUMBER)
    again = {"party_id": person.pk, "scheme": "cn.ric", "number": "33010619950502996X"}
    assert faults(actions.add_identifier, SYSTEM, **again) == {"number": "has_one"}
    actions.add_identifier(SYSTEM, party_id=person.pk, scheme="passport", number="E12345678")
    assert queries.number_of(person.pk, "passport") == "E12345678"
    with pytest.raises(NotFound):
        actions.add_identifier(SYSTEM, party_id=0, scheme="passport", number="E12345679")


@pytest.mark.parametrize(("scheme", "number"), [("cn.ric", "nonsense"), ("cn.ric", NUMBER), ("cn.uscc", CODE)])
def test_an_unknown_number_finds_nobody(scheme, number):
    assert queries.party_by_number(scheme, number) is None


def test_a_person_changes():
    person = actions.register_person(SYSTEM, name="林晓雯", id_number=NUMBER)
    actions.change_person(SYSTEM, person_id=person.pk, name="林晓文", address="滨江路 1 号")
    facts = queries.identity_facts(person.pk)
    assert (facts["person.name"], facts["person.address"]) == ("林晓文", "滨江路 1 号")
    assert faults(actions.change_person, SYSTEM, person_id=person.pk, name="") == {"name": "name"}
    with pytest.raises(TypeError, match="born_on"):
        actions.change_person(SYSTEM, person_id=person.pk, born_on=dt.date(2000, 1, 1))


def test_a_changed_contact_has_to_be_confirmed_again(identities):
    person = identities.person()
    resident = identities.resident(person)
    account = Account.objects.get(person=person)
    with pytest.raises(NotFound):
        actions.confirm_contact(account, channel="sms")
    actions.set_contact(resident, party_id=person.pk, channel="sms", value="13800131234")
    actions.confirm_contact(account, channel="sms")
    assert Contact.objects.get().verified_at is not None
    actions.set_contact(resident, party_id=person.pk, channel="sms", value="138 0013 1234", wanted=False)
    contact = Contact.objects.get()
    assert contact.verified_at is not None
    assert not contact.wanted
    actions.set_contact(resident, party_id=person.pk, channel="sms", value="13900131234")
    assert Contact.objects.get().verified_at is None


def test_a_death_ends_what_is_bound_to_the_person(identities):
    person, spouse = identities.person("甲"), identities.person("乙", sex="female")
    identities.relate(person, spouse, "spouse", valid_from=dt.date(2015, 1, 1))
    identities.relate(spouse, person, "spouse", valid_from=dt.date(2015, 1, 1))
    child = identities.person("丙", born_on=dt.date(2018, 1, 1))
    identities.relate(person, child)
    post = identities.post(None, "clerk", person=person)
    account = identities.account(person)
    actions.open_household(SYSTEM, number="H1", region_code=identities.region().pk, address="滨江路", head_id=person.pk)
    died_on = clock.today()
    actions.record_death(SYSTEM, person_id=person.pk, died_on=died_on)
    assert queries.spouse_of(spouse.pk) is not None  # still on the day itself
    assert Post.objects.get(pk=post.pk).valid_to == died_on
    account.refresh_from_db()
    assert not account.is_active
    assert queries.guardians_of(child.pk) == []
    assert OutboxMessage.objects.get().payload == {"party_id": person.pk}
    with pytest.raises(TransitionNotAllowed):
        actions.record_death(SYSTEM, person_id=person.pk, died_on=died_on)


@pytest.mark.parametrize("day", [dt.date(1980, 1, 1), dt.date(2100, 1, 1)])
def test_nobody_dies_before_birth_or_in_the_future(identities, day):
    person = identities.person()
    assert faults(actions.record_death, SYSTEM, person_id=person.pk, died_on=day) == {"died_on": "date"}


# --- Organisations ----------------------------------------------------------------------------------


def test_an_organisation_is_entered(identities):
    identities.region()
    head = identities.person("林晓雯")
    company = actions.register_organisation(
        SYSTEM,
        name="江州晓雯餐饮有限公司",
        kind="enterprise",
        org_type="LTD",
        uscc=CODE,
        region_code="990102",
        legal_representative_id=head.pk,
    )
    facts = queries.identity_facts(company.pk)
    assert facts["organisation.uscc"] == facts["organisation.uscc_masked"] == CODE
    assert facts["organisation.legal_representative"] == "林晓雯"
    assert facts["organisation.region_name"] == "天江省江州市临江区"
    assert OutboxMessage.objects.get().payload == {"party_id": company.pk, "kind": "enterprise", "region": "990102"}


def test_a_sole_trader_has_an_operator(identities):
    head = identities.person()
    trader = actions.register_organisation(SYSTEM, name="启明面馆", kind="sole_trader", legal_representative_id=head.pk)
    assert queries.representatives_of(trader.pk).get().office == "operator"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "department"}, {"kind": "kind"}),
        ({"kind": "guild"}, {"kind": "kind"}),
        ({"uscc": CODE[:-1] + "0"}, {"uscc": "check"}),
        ({"name": ""}, {"name": "name"}),
    ],
)
def test_an_organisation_is_not_entered_with_faults(given, expected):
    assert (
        faults(actions.register_organisation, SYSTEM, **{"name": "某公司", "kind": "enterprise", **given}) == expected
    )


def test_a_new_legal_representative_takes_the_office_over(identities):
    first, second = identities.person("甲"), identities.person("乙")
    company = identities.organisation(representative=first)
    actions.add_representative(SYSTEM, organisation_id=company.pk, person_id=second.pk, office="legal_representative")
    assert [each.person_id for each in queries.representatives_of(company.pk)] == [second.pk]
    assert company.representatives.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():  # two at once are refused by the database
        company.representatives.filter(person=first).update(valid_to=None)
    actions.end_representative(SYSTEM, organisation_id=company.pk, person_id=second.pk, office="legal_representative")
    with pytest.raises(TransitionNotAllowed):
        actions.end_representative(
            SYSTEM, organisation_id=company.pk, person_id=second.pk, office="legal_representative"
        )


def test_an_organisation_changes_and_is_dissolved(identities):
    company = identities.organisation()
    actions.change_organisation(SYSTEM, organisation_id=company.pk, name="新名有限公司", address="望山路 2 号")
    facts = queries.identity_facts(company.pk)
    assert (facts["organisation.name"], facts["organisation.address"]) == ("新名有限公司", "望山路 2 号")
    actions.dissolve_organisation(SYSTEM, organisation_id=company.pk)
    for act in (
        lambda: actions.dissolve_organisation(SYSTEM, organisation_id=company.pk),
        lambda: actions.change_organisation(SYSTEM, organisation_id=company.pk, name="再改"),
    ):
        with pytest.raises(TransitionNotAllowed):
            act()


def test_what_is_configured_keeps_its_earlier_values(identities):
    department = identities.department()
    department.phone = "0571-1"
    department.save()
    department.phone = "0571-2"
    department.save()
    events = apps.get_model("identity", "OrganisationEvent").objects.filter(pgh_obj=department)
    assert [each.phone for each in events.order_by("pgh_id")] == ["", "0571-1"]


def test_codes_of_a_registering_office_have_no_gaps():
    drawn = [actions.draw_uscc(kind="enterprise", region_code="990102") for _ in range(3)]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.draw_uscc(kind="enterprise", region_code="990102")
        raise ZeroDivisionError
    drawn.append(actions.draw_uscc(kind="enterprise", region_code="990102"))
    assert [rules.check_uscc(code).body[:8] for code in drawn] == [rules.body_of(n) for n in (1, 2, 3, 4)]
    trader = rules.check_uscc(actions.draw_uscc(kind="sole_trader", region_code="990102003"))
    assert (trader.authority, trader.kind, trader.area) == ("9", "2", "990102")


# --- Facts and family -------------------------------------------------------------------------------


def test_the_facts_of_a_person(identities, django_assert_max_num_queries):
    region = identities.region()
    person = identities.person(
        "林晓雯",
        sex="female",
        born_on=dt.date(1988, 5, 6),
        number="330106198512129980",
        region=region,
        registered_region=region,
        address="滨江路 18 号",
        name_latin="Lin Xiaowen",
    )
    spouse = identities.person("陈立")
    actions.relate(SYSTEM, subject_id=person.pk, of_id=spouse.pk, kind="spouse")
    actions.open_household(SYSTEM, number="H-7", region_code="990102", address="滨江路 18 号", head_id=spouse.pk)
    actions.join_household(SYSTEM, number="H-7", person_id=person.pk, role="spouse")
    actions.set_contact(SYSTEM, party_id=person.pk, channel="sms", value="13800131234")
    queries.region_chain("990102")
    with django_assert_max_num_queries(5):
        facts = queries.identity_facts(person.pk)
    assert facts == {
        "person.name": "林晓雯",
        "person.name_latin": "Lin Xiaowen",
        "person.sex": "female",
        "person.age": rules.age_on(dt.date(1988, 5, 6), clock.today()),
        "person.born_on": "1988-05-06",
        "person.nationality": "CHN",
        "person.address": "滨江路 18 号",
        "person.region": "990102",
        "person.region_name": "天江省江州市临江区",
        "person.registered_region": "990102",
        "person.registered_region_name": "天江省江州市临江区",
        "person.id_number": "330106198512129980",
        "person.id_number_masked": "330***********9980",
        "person.phone": "+8613800131234",
        "person.phone_masked": "138****1234",
        "person.marital_status": "married",
        "spouse.name": "陈立",
        "household.number": "H-7",
        "household.address": "滨江路 18 号",
        "household.role": "spouse",
        "household.size": 2,
    }


def test_nobody_has_no_facts():
    with pytest.raises(NotFound):
        queries.identity_facts(0)


def test_names_of_many_are_one_statement(identities, django_assert_num_queries):
    people = [identities.person(name) for name in ("甲", "乙", "丙")]
    with django_assert_num_queries(1):
        assert queries.names_of([each.pk for each in people]) == {each.pk: each.party.name for each in people}


def test_a_marriage_stands_both_ways_and_once(identities):
    her, him = identities.person("甲", sex="female"), identities.person("乙")
    actions.relate(SYSTEM, subject_id=her.pk, of_id=him.pk, kind="spouse")
    assert queries.spouse_of(him.pk).pk == her.pk
    assert queries.spouse_of(her.pk).pk == him.pk
    with pytest.raises(TransitionNotAllowed):
        actions.relate(SYSTEM, subject_id=him.pk, of_id=her.pk, kind="spouse")
    third = identities.person("丙")
    assert faults(actions.relate, SYSTEM, subject_id=third.pk, of_id=her.pk, kind="spouse") == {"of_id": "married"}
    yesterday = clock.today() - dt.timedelta(days=1)
    her.relationships.update(valid_from=yesterday)
    him.relationships.update(valid_from=yesterday)
    actions.end_relationship(SYSTEM, subject_id=her.pk, of_id=him.pk, kind="spouse", last_day=yesterday)
    assert queries.spouse_of(him.pk) is None
    with pytest.raises(TransitionNotAllowed):
        actions.end_relationship(SYSTEM, subject_id=her.pk, of_id=him.pk, kind="spouse")


@pytest.mark.parametrize(
    ("sex", "years", "may"), [("male", 21, False), ("male", 22, True), ("female", 19, False), ("female", 20, True)]
)
def test_the_age_for_marriage(identities, sex, years, may):
    today = clock.today()
    young = identities.person(sex=sex, born_on=rules.birthday(today, today.year - years))
    other = identities.person(sex="female" if sex == "male" else "male", born_on=dt.date(1990, 1, 1))
    call = {"subject_id": young.pk, "of_id": other.pk, "kind": "spouse"}
    if may:
        actions.relate(SYSTEM, **call)
    else:
        assert faults(actions.relate, SYSTEM, **call) == {"of_id": "age"}


def test_a_parent_is_older_and_nobody_is_their_own(identities):
    elder, child = identities.person(born_on=dt.date(1980, 1, 1)), identities.person(born_on=dt.date(2015, 1, 1))
    actions.relate(SYSTEM, subject_id=elder.pk, of_id=child.pk, kind="parent")
    wrong = {"subject_id": child.pk, "of_id": elder.pk, "kind": "parent"}
    assert faults(actions.relate, SYSTEM, **wrong) == {"subject_id": "age"}
    assert faults(actions.relate, SYSTEM, subject_id=child.pk, of_id=child.pk, kind="parent") == {"of_id": "self"}


def test_one_household_at_a_time(identities):
    identities.region()
    head, child = identities.person("甲"), identities.person("乙", born_on=dt.date(2015, 1, 1))
    actions.open_household(SYSTEM, number="H1", region_code="990102", address="一路", head_id=head.pk)
    actions.open_household(SYSTEM, number="H2", region_code="990102", address="二路", head_id=child.pk)
    taken = {"number": "H1", "region_code": "990102", "address": "三路", "head_id": head.pk}
    assert faults(actions.open_household, SYSTEM, **taken) == {"number": "taken"}
    tomorrow = clock.today() + dt.timedelta(days=1)
    actions.join_household(SYSTEM, number="H1", person_id=child.pk, role="child", valid_from=tomorrow)
    assert queries.household_of(child.pk).number == "H2"
    moved = queries.household_of(child.pk, on=tomorrow)
    assert [(each.name, each.role) for each in moved.members] == [("甲", "head"), ("乙", "child")]
    assert Person.objects.get(pk=child.pk).registered_region_id == "990102"
    actions.leave_household(SYSTEM, person_id=head.pk)
    with pytest.raises(TransitionNotAllowed):
        actions.leave_household(SYSTEM, person_id=head.pk)
    with pytest.raises(NotFound):
        actions.join_household(SYSTEM, number="H9", person_id=child.pk, role="child")


# --- Regions ----------------------------------------------------------------------------------------


def test_regions_are_read_once(identities, django_assert_num_queries):
    identities.region("990102")
    identities.region("990103")
    with django_assert_num_queries(1):
        for _ in range(3):
            assert queries.region_chain("990102") == ["990102", "990100", "990000"]
    assert queries.region_chain("000000") == []
    assert queries.regions_under("990100") == ["990100", "990102", "990103"]
    assert queries.region_names("990102") == {"zh-Hans": "临江区"}
    assert queries.region_names("000000") == {}
    assert queries.region_name("990102") == "天江省江州市临江区"
    assert queries.region_name("") == ""


def test_a_new_region_is_known_at_once(identities):
    identities.region()
    assert queries.region_chain("990104") == []
    Region.objects.create(
        code="990104", name={"zh-Hans": "东湖区", "en": "Donghu"}, level="district", parent_id="990100"
    )
    assert queries.region_chain("990104") == ["990104", "990100", "990000"]


def test_region_names_in_english_go_from_the_small_to_the_large(identities):
    city = identities.region("990100")
    city.parent = None
    city.name = {"zh-Hans": "江州市", "en": "Jiangzhou"}
    city.save()
    Region.objects.create(code="990102", name={"zh-Hans": "临江区", "en": "Linjiang"}, level="district", parent=city)
    assert queries.region_name("990102", "en") == "Linjiang, Jiangzhou"
