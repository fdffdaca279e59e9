"""Identity numbers, credit codes and masks follow the standards; every example of the facts is here."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from egov.identity import rules
from egov.kernel.errors import InvalidInput

TODAY = dt.date(2026, 11, 24)


def fault_of(check, *args, **kwargs):
    with pytest.raises(InvalidInput) as caught:
        check(*args, **kwargs)
    (fault,) = caught.value.faults
    return fault.code


@pytest.mark.parametrize(
    ("number", "born_on", "sex"),
    [
        ("110101199003079972", "1990-03-07", "male"),
        ("330106198512129980", "1985-12-12", "female"),
        ("330102202402299990", "2024-02-29", "male"),
        ("110108196308159974", "1963-08-15", "male"),
        ("440305200101019963", "2001-01-01", "female"),
        ("310101197806309987", "1978-06-30", "female"),
        ("33010619950506997X", "1995-05-06", "male"),
        ("33010619950502996X", "1995-05-02", "female"),
        # Hong Kong, Macao and Taiwan residents' permits
        ("810000199003079976", "1990-03-07", "male"),
        ("820000198811209983", "1988-11-20", "female"),
        ("83000019790101997X", "1979-01-01", "male"),
    ],
)
def test_valid_identity_numbers(number, born_on, sex):
    found = rules.check_resident_id(number, today=TODAY)
    assert (found.number, found.born_on.isoformat(), found.sex) == (number, born_on, sex)
    assert found.area == number[:6]
    assert rules.is_synthetic(found)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("110101199003079971", "check"),
        ("330106199502309976", "date"),
        ("33010619851212998", "length"),
        ("11010119900307997X", "check"),
        ("330106198512129O80", "characters"),
        ("", "length"),
        ("X10101199003079972", "characters"),
        ("1101011990030799７x", "check"),
    ],
)
def test_invalid_identity_numbers(number, reason):
    assert fault_of(rules.check_resident_id, number, today=TODAY) == reason


@pytest.mark.parametrize(
    "typed", ["33010619950506997x", " 330106 19950506 997X ", "３３０１０６１９９５０５０６９９７Ｘ"]
)
def test_what_a_person_types_is_normalised(typed):
    assert rules.check_resident_id(typed).number == "33010619950506997X"


def test_a_birth_date_in_the_future_is_refused():
    number = rules.check_resident_id("330102202402299990").number
    assert fault_of(rules.check_resident_id, number, today=dt.date(2024, 2, 28)) == "future"


def test_the_fault_stands_at_the_field_that_was_asked():
    with pytest.raises(InvalidInput) as caught:
        rules.check_resident_id("1", path="children/0/id_number")
    assert caught.value.faults[0].path == "children/0/id_number"


def test_an_abolished_county_is_no_fault():
    """330103 was abolished in 2021; 330110 exists since 2001, and people were registered there later."""
    for body in ("33010319850101998", "33011019950502996"):
        assert rules.check_resident_id(body + rules.resident_check_character(body))


def test_a_first_generation_number_gets_its_century_and_check_digit():
    assert rules.from_first_generation("330106851212998") == "330106198512129980"
    assert fault_of(rules.from_first_generation, "33010685121299") == "characters"


bodies = st.builds(
    lambda area, born, sequence: f"{area:06d}{born:%Y%m%d}{sequence:03d}",
    st.integers(110000, 659999),
    st.dates(dt.date(1920, 1, 1), dt.date(2026, 1, 1)),
    st.integers(0, 999),
)


@given(bodies)
def test_our_check_digit_is_the_one_of_the_library(body):
    number = body + rules.resident_check_character(body)
    assert ric.calc_check_digit(number) == number[17]
    assert rules.check_resident_id(number, today=TODAY).born_on == dt.date(
        int(body[6:10]), int(body[10:12]), int(body[12:14])
    )


@given(bodies, st.data())
def test_one_wrong_digit_is_always_found(body, data):
    number = body + rules.resident_check_character(body)
    place = data.draw(st.integers(0, 16))
    wrong = data.draw(st.sampled_from("0123456789"))
    assume(wrong != number[place])
    with pytest.raises(InvalidInput):
        rules.check_resident_id(number[:place] + wrong + number[place + 1 :], today=TODAY)


@pytest.mark.parametrize(
    "code",
    [
        "91110108MA01DEM07K",
        "91330106MA2DEM0A0F",
        "91330102MACDEM12XT",
        "92330102MA2DEM0094",
        "93330127MA2DEM0173",
        "11330100000000019E",
        "113301060025000178",
        "12330106400000122G",
        "5133010050000012XP",
        "52330100MJ8DEM002B",
        "31110105400000XY8U",
        "N2330122MF3DEM0171",
    ],
)
def test_valid_credit_codes(code):
    found = rules.check_uscc(code)
    assert (found.number, found.authority, found.kind, found.area, found.body) == (
        code,
        code[0],
        code[1],
        code[2:8],
        code[8:17],
    )
    assert rules.check_uscc(f" {code.lower()} ").number == code
    assert uscc.calc_check_digit(code[:17]) == code[17]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91110108MA01DEM07L", "check"),
        ("91110108MA01DEM17K", "organisation_check"),
        ("91110109MA01DEM07K", "check"),
        ("91330106MA2TEST000", "characters"),
        ("91110108MA01DEM070", "check"),
        ("91110108MA01DEM07", "length"),
        ("911101A8MA01DEM07K", "area"),
    ],
)
def test_invalid_credit_codes(code, reason):
    assert fault_of(rules.check_uscc, code) == reason


@given(st.sampled_from(sorted(rules.USCC_PREFIXES)), st.integers(100000, 999999), st.integers(0, 31**6 - 1))
def test_codes_given_here_are_valid_and_differ(kind, area, serial):
    code = rules.make_uscc(prefix=rules.USCC_PREFIXES[kind], area=str(area), body=rules.body_of(serial))
    assert rules.check_uscc(code).number == code
    assert uscc.calc_check_digit(code[:17]) == code[17]
    assert rules.body_of(serial) != rules.body_of(serial + 1 if serial < 31**6 - 1 else 0)


def test_the_codes_of_an_office_are_counted():
    with pytest.raises(ValueError, match="31"):
        rules.body_of(31**6)


@pytest.mark.parametrize(
    ("scheme", "number", "shown"),
    [
        ("cn.ric", "110101199003079972", "110***********9972"),
        ("cn.uscc", "91110108MA01DEM07K", "91110108MA01DEM07K"),
        ("phone", "+8613800131234", "138****1234"),
        ("passport", "E12345678", "E******78"),
        ("passport", "E123", "****"),
    ],
)
def test_numbers_are_shown_masked(scheme, number, shown):
    assert rules.masked(scheme, number) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("林晓雯", "林*"), ("欧阳修", "欧阳*"), ("欧阳", "欧*"), ("Lin Xiaowen", "Lin *"), ("李", "李*")],
)
def test_names_are_shown_masked(name, shown):
    assert rules.mask_name(name) == shown


def test_addresses_are_shown_masked():
    assert rules.mask_email("xiaowen@example.cn") == "x***@example.cn"


@pytest.mark.parametrize("typed", ["13800131234", "+86 138 0013 1234", "138-0013-1234", "１３８００１３１２３４"])
def test_phone_numbers_in_international_form(typed):
    assert rules.check_phone(typed) == "+8613800131234"


@pytest.mark.parametrize("typed", ["", "12345", "phone", "1380013123", "+86138001312345678"])
def test_what_is_no_phone_number(typed):
    assert fault_of(rules.check_phone, typed) == "phone"


def test_passports_and_addresses():
    assert rules.check_passport(" e 1234 5678 ") == "E12345678"
    assert fault_of(rules.check_passport, "E-12") == "characters"
    assert rules.check_email(" a@b.cn ") == "a@b.cn"
    assert fault_of(rules.check_email, "a@") == "email"


@pytest.mark.parametrize(
    ("scheme", "number"),
    [("cn.ric", "33010619950506997x"), ("cn.uscc", "91110108ma01dem07k"), ("passport", "e12345678")],
)
def test_every_scheme_has_its_check(scheme, number):
    assert rules.check_number(scheme, number) == number.upper()
