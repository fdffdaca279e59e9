"""The product's own definitions: every service and every event of the jurisdiction, whole and in two languages."""

import csv
import graphlib
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from egov.catalogue import files, queries, rules
from egov.catalogue.models import Event, PublicService, ServiceVersion
from egov.catalogue.rules import Known
from egov.law.files import default_place, read_law

DEFINITIONS = files.read_definitions()
BY_CODE = {file.code: file for file in DEFINITIONS.services}
LAW = read_law(default_place())
FACTS = settings.BASE_DIR.parent / "shared" / "facts" / "cn" / "catalogue.csv"


def test_they_are_without_fault():
    known = Known(
        procedures={row["key"] for row in LAW.procedures},
        special_procedures={
            row["key"]: [each["key"] for each in row["definition"].get("special_procedures", ())]
            for row in LAW.procedures
        },
        instruments={row["key"] for row in LAW.instruments},
        tables={row["key"] for row in LAW.tables},
        services=BY_CODE.keys(),
    )
    files.check_definitions(DEFINITIONS, known)
    assert (len(BY_CODE), len(DEFINITIONS.events)) == (179, 23)


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_people_say_it_in_many_ways(code):
    needs = BY_CODE[code].content["needs"]
    assert len(needs["zh-Hans"]) >= 8
    assert len(needs["en"]) >= 5
    for phrases in needs.values():
        assert len(set(phrases)) == len(phrases)


def test_each_service_has_law_summary_remedies_and_outputs():
    for code, file in BY_CODE.items():
        content = file.content
        assert content["legal_basis"], code
        assert content["outputs"] or content["procedure"] == "hotline", code
        assert content["rights"], code
        assert content["channel"].get("file_at") or content["online_depth"] > 1, code
        for row in (*content["materials"], *content["outputs"]):
            assert row["name"]["zh-Hans"], code
            assert row["name"]["en"], code


def test_a_benefit_does_not_quote_the_licensing_law():
    for code, file in BY_CODE.items():
        if file.content["procedure"] == "benefit":
            assert "cn.licensing-law" not in [row.get("instrument") for row in file.content["legal_basis"]], code


def test_dependencies_make_no_circle():
    graph = {code: {each for group in file.content["depends_on"] for each in group} for code, file in BY_CODE.items()}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == 179


def test_every_condition_of_an_event_asks_what_a_question_answers():
    for event in DEFINITIONS.events:
        asked = {question["key"] for question in event.content["definition"]["questions"]}
        for member in event.content["definition"]["members"]:
            words = set(member.get("when", "").replace("(", " ").split())
            names = {word for word in words if word.isidentifier()} - {
                "and",
                "or",
                "not",
                "in",
                "true",
                "false",
                "null",
            }
            assert names <= asked, (event.code, member)


def test_they_are_the_services_of_the_facts():
    if not FACTS.exists():
        pytest.skip(f"NOT CHECKED: the facts are not here ({FACTS.name})")
    with FACTS.open(encoding="utf-8") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert rows.keys() == BY_CODE.keys()
    for code, row in rows.items():
        content = BY_CODE[code].content
        assert content["promised_limit"] == int(row["promised_wd"]), code
        if row["statutory_unit"]:
            limit = (int(row["statutory_limit"]), row["statutory_unit"])
            assert (content["statutory_limit"], content["statutory_unit"]) == limit, code
        assert content["depends_on"] == [group.split("/") for group in row["depends_on"].split(";") if group], code


@pytest.mark.django_db
def test_all_are_loaded_listed_and_counted(law):
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    assert "Dry run" in out.getvalue()
    assert not PublicService.objects.exists()
    call_command("load_catalogue", "--commit", stdout=out)
    numbers = queries.numbers()
    assert numbers.services == numbers.listed + numbers.fileable == 179
    assert set(numbers.by_mode) == {"g2c", "g2b", "g2g", "g2e"}
    assert Event.objects.count() == 23
    first = ServiceVersion.objects.get(service__code="SI09")
    assert first.legal_basis[0]["text"]["zh-Hans"] == "《中华人民共和国社会保险法》第四十五条至第四十六条"
    assert PublicService.objects.get(code="MH03").room == "g2c_health"
    assert {row.code for row in PublicService.objects.filter(events__code="LE01")} == {
        "MH08", "MH06", "CL01", "MH07", "MH02", "SI12", "MH09", "MH05", "TX01",
    }  # fmt: skip
    call_command("load_catalogue", "--commit", stdout=out)
    assert out.getvalue().rstrip().endswith("created: 0, unchanged: 202")


def test_what_a_decision_lets_a_party_hold_says_what_that_means_for_being_needed_again():
    silent = [
        code
        for code, file in BY_CODE.items()
        if any(effect["key"] == "registers.hold" for effect in file.content["effects"])
        and not any("held" in output for output in file.content["outputs"])
    ]
    assert not silent


def test_what_may_be_held_is_shown_by_a_certificate_or_by_a_holding_that_names_its_object():
    for code, file in BY_CODE.items():
        content = file.content
        asked = {key: field.get("x-element") for key, field in ((content["form"] or {}).get("properties", {})).items()}
        kept = [each["options"] for each in content["effects"] if each["key"] == "registers.hold"]
        for output in content["outputs"]:
            held = output.get("held", "never")
            if held == "never":
                continue
            assert kept or output.get("credential"), code
            if held == "in_force":
                continue
            said = {asked.get(key) for options in kept for key in options.get("answers", [])}
            assert set(held["same"]) <= said | set(output.get("elements", {})), code


@pytest.mark.parametrize("code", ["SI09", "SI10", "SI11", "MH10", "CL22", "MH06", "CL01"])
def test_what_befalls_somebody_again_is_asked_for_again(code):
    assert all(output.get("held", "never") == "never" for output in BY_CODE[code].content["outputs"])


@pytest.mark.parametrize(
    ("held", "right"),
    [
        ("never", True),
        ("in_force", True),
        ("always", False),
        ({"same": ["shop.address"]}, True),
        ({"same": ["vehicle.vin"]}, False),
        ({"same": []}, False),
        ({"as": ["shop.address"]}, False),
    ],
)
def test_a_service_is_refused_that_says_otherwise_when_what_is_held_counts(held, right):
    content = BY_CODE["LC03"].content
    outputs = [{**each, "held": held} for each in content["outputs"]]
    faults = rules.check_definition({**content, "outputs": outputs})
    assert (not [each for each in faults if each.path.endswith("/held")]) is right
