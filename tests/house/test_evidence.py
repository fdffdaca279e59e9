"""What registers give as evidence, and what services ask of them, fit together."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from egov.registers.actions import DEFINITIONS
from egov.registers.registry import handlers

SERVICES = sorted(Path().glob("g2?/*/services/*.yaml"))


@cache
def services() -> list[dict[str, Any]]:
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in SERVICES]


@cache
def dictionary(kind: str) -> dict[str, Any]:
    read = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in DEFINITIONS.glob("*.yaml")]
    return {key: row for each in read for key, row in each.get(kind, {}).items()}


def shared() -> Iterator[tuple[str, dict[str, Any]]]:
    for service in services():
        for material in service.get("materials", []):
            if material.get("source") == "shared":
                yield service["code"], material


def sources() -> Iterator[tuple[str, dict[str, Any]]]:
    for key, row in dictionary("evidence").items():
        for source in row["sources"]:
            yield key, source


def test_every_type_of_evidence_is_asked_for_and_every_one_asked_for_exists():
    asked = {material["evidence"] for _service, material in shared() if "evidence" in material}
    assert asked == dictionary("evidence").keys()


def test_most_shared_materials_have_a_register_that_can_hold_them():
    told = [bool(material.get("evidence")) for _service, material in shared()]
    assert sum(told) / len(told) > 2 / 3, f"{sum(told)} of {len(told)}"


def test_every_source_is_read_by_a_handler_that_is_there():
    for key, source in sources():
        handler = handlers.get(dictionary("registers")[source["register"]]["handler"])
        assert handler.evidence or source["number"] in handler.elements(), key


def test_facts_asked_for_are_held_by_the_register_that_is_named():
    for key, source in sources():
        for element in [*source.get("elements", ()), *([source["number"]] if "number" in source else [])]:
            assert element in dictionary("elements"), (key, element)
            assert element in handlers.get("identity").elements(), (key, element)


def test_certificates_asked_for_are_issued_by_a_service_here():
    issued = {
        (output["credential"], service["code"])
        for service in services()
        for output in service.get("outputs", [])
        if output.get("credential")
    }
    for key, source in sources():
        for type_ in source.get("types", ()):
            by = {code for kind, code in issued if kind == type_}
            assert by & set(source.get("services", by)), (key, type_)


def test_holdings_and_decisions_asked_for_come_from_services_here():
    holding = {
        service["code"]
        for service in services()
        if any(effect["key"] == "registers.hold" for effect in service.get("effects", []))
    }
    for key, source in sources():
        if source["register"] in ("holdings", "decisions"):
            known = holding if source["register"] == "holdings" else {service["code"] for service in services()}
            assert set(source["services"]) <= known, key


def test_what_a_register_holds_under_a_code_has_words_for_each_code():
    """An extract shows them: a reader of Chinese cannot know what "female" is."""
    coded = {key: row for key, row in dictionary("elements").items() if row.get("register") and "enum" in row["schema"]}
    assert "person.sex" in coded
    for key, row in coded.items():
        labels = row["schema"].get("x-labels", {})
        assert labels.keys() == set(row["schema"]["enum"]), key
        assert all(label.keys() == {"zh-Hans", "en"} for label in labels.values()), key
