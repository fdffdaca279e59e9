"""Every set of members that the conditions of an event can give, from its file alone; and the form each set makes."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from egov.intake import rules
from egov.intake.rules import BundleEdge, MergedForm
from egov.law.rules import names_in
from egov.routing.rules.bundles import Why, edges_among, members_for, values_told_apart

EVENTS: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))["definition"]
    for file in sorted(Path("egov/catalogue/definitions/events").glob("*.yaml"))
}
# A file is named by the code it defines (the catalogue refuses others).
SERVICES = {file.stem: file for file in sorted(Path().glob("g2?/*/services/*.yaml"))}


@cache
def definition(code: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(SERVICES[code].read_text(encoding="utf-8"))
    return read


@cache
def form_of(code: str) -> rules.Form | None:
    read = definition(code)
    return rules.compile_form(read["form"], read.get("materials", [])) if read.get("form") else None


@cache
def produced_by(code: str) -> frozenset[str]:
    """The data elements that a favourable decision of the service brings into being."""
    return frozenset(key for output in definition(code).get("outputs", []) for key in output.get("produces", {}))


@dataclass(frozen=True)
class Outcome:
    """``members`` are filed together; ``answers`` is one of the ways to get there."""

    event: str
    members: tuple[str, ...]
    answers: Mapping[str, Any]

    @property
    def edges(self) -> tuple[BundleEdge, ...]:
        return tuple(
            BundleEdge(each.before, each.after, each.group) for each in edges_among(EVENTS[self.event], self.members)
        )

    def brought(self, service: str) -> frozenset[str]:
        """What a member gets from those it waits for."""
        return rules.brought(
            [edge for edge in self.edges if edge.after == service], {code: produced_by(code) for code in self.members}
        )

    @property
    def form(self) -> MergedForm:
        return rules.merge(
            {code: form for code in self.members if (form := form_of(code)) is not None},
            awaited={code: self.brought(code) for code in self.members},
        )


@cache
def outcomes_of(code: str) -> tuple[Outcome, ...]:
    """Each distinct set of members once: over all answers, and with all that may be added as well as with nothing."""
    found: dict[tuple[str, ...], Outcome] = {}
    for answers in _all_answers(EVENTS[code]):
        states = members_for(EVENTS[code], answers)
        for added in ((), (Why.OPTIONAL,)):
            members = tuple(each.service for each in states if each.why in (Why.APPLIES, *added))
            if members:
                found.setdefault(members, Outcome(code, members, answers))
    return tuple(found.values())


def _all_answers(event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every combination of the values that the conditions of an event tell apart."""
    questions = event.get("questions", ())
    rows = (*event["members"], *questions)
    conditions = [str(row[name]) for row in rows for name in ("when", "elsewhere") if row.get(name)]
    values = {
        str(question["key"]): dict.fromkeys(
            value
            for condition in conditions
            if question["key"] in names_in(condition)
            for value in values_told_apart(question, condition)
        )
        for question in questions
    }
    for chosen in itertools.product(*values.values()):
        yield dict(zip(values, chosen, strict=True))
