"""The shape of a life or business event: members in stages, edges, questions, what is asked once."""

import graphlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import jsonschema
from django.utils.translation import gettext_lazy as _

from egov.catalogue.rules.conditions import UNANSWERABLE, check_condition
from egov.catalogue.rules.definitions import ELEMENT, fault, is_localised
from egov.catalogue.rules.forms import KEY
from egov.kernel.errors import FieldError
from egov.kernel.text import localise
from egov.law.rules import names_in

EVENT_CODE = re.compile(r"^[A-Z]{2}\d{2}$")
KINDS = frozenset({"life", "business", "internal"})
# How a question is answered -> the type of the answer.
ANSWERS = {"boolean": "boolean", "choice": "string", "number": "number", "date": "string", "region": "string"}


def check_event(event: Mapping[str, Any], services: Collection[str] | None = None) -> list[FieldError]:
    """Every fault of an event: names, members that exist, edges without a circle, questions with lawful conditions."""
    return [*_texts(event), *_members(event, services), *_questions(event), *_given(event)]


def _texts(event: Mapping[str, Any]) -> Iterator[FieldError]:
    if event.get("kind") not in KINDS:
        yield fault("kind", _("This value is not known."))
    for name in ("name", "summary"):
        if not is_localised(event.get(name)):
            yield fault(name, _("The text is needed in Chinese and English."))


def _members(event: Mapping[str, Any], services: Collection[str] | None) -> Iterator[FieldError]:
    definition = event.get("definition", {})
    members = [row.get("service") for row in definition.get("members", ())]
    if len(set(members)) != len(members):
        yield fault("definition/members", _("A service is a member once."))
    for number, row in enumerate(definition.get("members", ())):
        path = f"definition/members/{number}"
        if services is not None and row.get("service") not in services:
            yield fault(f"{path}/service", _("There is no such service."))
        yield from _member(path, row, definition)
    graph: dict[str, set[str]] = {}
    for number, edge in enumerate(definition.get("edges", ())):
        if edge.get("from") not in members or edge.get("to") not in members:
            yield fault(f"definition/edges/{number}", _("An edge joins two members."))
        elif edge["from"] in graph.setdefault(edge["to"], set()):
            yield fault(f"definition/edges/{number}", _("A service waits for another one once."))
        else:
            graph[edge["to"]].add(edge["from"])
    try:
        list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError:
        yield fault("definition/edges", _("The members wait for each other in a circle."))


def _member(path: str, row: Mapping[str, Any], definition: Mapping[str, Any]) -> Iterator[FieldError]:
    for name in ("when", "elsewhere"):
        if name in row:
            yield from check_condition(f"{path}/{name}", row[name], _asked(definition), of=row.get("service"))
    if "by" in row and not KEY.match(str(row["by"])):
        yield fault(f"{path}/by", _("This value is not known."))
    if not isinstance(row.get("anew", False), bool):
        yield fault(f"{path}/anew", _("This value is not known."))
    if "note" in row and not is_localised(row["note"]):
        yield fault(f"{path}/note", _("The text is needed in Chinese and English."))


def _questions(event: Mapping[str, Any]) -> Iterator[FieldError]:
    seen: set[str] = set()
    bound: dict[str, Mapping[str, Any]] = {}
    for number, question in enumerate(event.get("definition", {}).get("questions", ())):
        path = f"definition/questions/{number}"
        if not KEY.match(str(question.get("key", ""))) or question["key"] in seen:
            yield fault(f"{path}/key", _("Each row needs a key of its own."))
        seen.add(question.get("key", ""))
        if not is_localised(question.get("text")):
            yield fault(f"{path}/text", _("The text is needed in Chinese and English."))
        if "element" in question and not ELEMENT.match(str(question["element"])):
            yield fault(f"{path}/element", _("This is not how a data element is written."))
        elif "element" in question and (other := bound.setdefault(question["element"], question)) is not question:
            title = localise(other.get("text")) or other.get("key")
            yield fault(f"{path}/element", _("“%(title)s” asks for this data element.") % {"title": title})
        if question.get("type") not in ANSWERS:
            yield fault(f"{path}/type", _("This value is not known."))
        yield from _limits(path, question)
        if question.get("type") == "choice":
            yield from _choices(f"{path}/choices", question.get("choices", ()))
        if "when" in question:
            yield from _when(f"{path}/when", question, event["definition"], number)


def _choices(path: str, choices: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    keys = [choice.get("key") for choice in choices]
    for choice in choices or [{}]:
        if not choice.get("key") or not is_localised(choice.get("text")):
            yield fault(path, _("The choice needs a label in Chinese and English."))
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield fault(path, _("Two answers have the key %(key)s.") % {"key": key})


def _limits(path: str, question: Mapping[str, Any]) -> Iterator[FieldError]:
    """A number question may say between which values an answer lies."""
    for name in question.keys() & {"minimum", "maximum"}:
        limit = question[name]
        if question.get("type") != "number" or isinstance(limit, bool) or not isinstance(limit, int | float):
            yield fault(f"{path}/{name}", _("This value is not known."))


def _given(event: Mapping[str, Any]) -> Iterator[FieldError]:
    """What the event itself answers in the forms of its members: data element → value."""
    for element in event.get("definition", {}).get("given", {}):
        if not ELEMENT.match(str(element)):
            yield fault(f"definition/given/{element}", _("This is not how a data element is written."))


def check_given(
    given: Mapping[str, Any],
    *,
    dictionary: Mapping[str, Mapping[str, Any]],
    asked: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Iterator[FieldError]:
    """Faults of what an event answers itself: an element unknown to the ``dictionary`` (key → schema), a value that it,
    or a form that asks for the element (``asked``: element → how each asks), does not take."""
    for element, value in given.items():
        path = f"definition/given/{element}"
        if element not in dictionary:
            yield FieldError(path, "unknown", _("The dictionary has no such data element."))
        elif any(field.get("const") is True for field in asked.get(element, ())):
            yield fault(path, _("A declaration is made by the applicant, not by the event."))
        elif not all(_takes(schema, value) for schema in (dictionary[element], *asked.get(element, ()))):
            yield fault(path, _("This is no answer to the data element %(element)s.") % {"element": element})


_DAYS = jsonschema.FormatChecker(formats=("date",))


def _takes(schema: Mapping[str, Any], value: Any) -> bool:
    if value in (None, "", [], {}):
        return False
    return bool(jsonschema.Draft202012Validator(dict(schema), format_checker=_DAYS).is_valid(value))


def _when(path: str, question: Mapping[str, Any], definition: Mapping[str, Any], earlier: int) -> Iterator[FieldError]:
    """The condition of a question looks at so many questions before it and at no other."""
    own = localise(question.get("text")) or question.get("key")
    asked, before = _asked(definition), _asked(definition, earlier)
    yield from check_condition(path, question["when"], asked, of=own)
    for name in sorted(names_in(str(question["when"])) & (asked.keys() - before.keys())):
        message = _("The question %(name)s is not asked before this one.") % {"name": name}
        yield FieldError(path, UNANSWERABLE, message)


def _asked(definition: Mapping[str, Any], most: int | None = None) -> dict[str, dict[str, Any]]:
    """The questions, or so many of them, with what they can be answered (key → schema)."""
    return {str(question.get("key")): _schema(question) for question in list(definition.get("questions", ()))[:most]}


def _schema(question: Mapping[str, Any]) -> dict[str, Any]:
    kind = question.get("type")
    schema = {"type": ANSWERS[kind]} if kind in ANSWERS else {}
    choices = [choice.get("key") for choice in question.get("choices", ())]
    return {**schema, "enum": choices} if kind == "choice" else schema


# --- Order ------------------------------------------------------------------------------------------------
def edges_by_dependence(
    members: Iterable[str], added: Collection[str], depends_on: Mapping[str, Iterable[Iterable[str]]]
) -> list[dict[str, str]]:
    """What the services of an event need of each other, for those that were ``added``: of each group, one.

    Edges into one member that are alternatives share ``any_of``. Two services are joined once; where alternatives
    overlap, all of them are waited for.
    """
    among = list(members)
    edges: list[dict[str, str]] = []
    for service in among:
        needed = _least(frozenset(group).intersection(among) for group in depends_on.get(service, ()))
        joined: dict[str, dict[str, str]] = {}
        for group, number in needed.items():
            if not ({service, *group} & set(added)):
                continue
            alone = all(group is other or group.isdisjoint(other) for other in needed)
            name = {"any_of": f"{service.lower()}_{number}"} if len(group) > 1 and alone else {}
            joined |= {each: {"from": each, "to": service, **name} for each in among if each in group}
        edges += joined.values()
    return edges


def _least(groups: Iterable[frozenset[str]]) -> dict[frozenset[str], int]:
    """Groups with their number, without those that are there whenever a smaller one is."""
    numbered: dict[frozenset[str], int] = {}
    for number, group in enumerate(groups, start=1):
        numbered.setdefault(group, number)
    numbered.pop(frozenset(), None)
    return {group: number for group, number in numbered.items() if not any(other < group for other in numbered)}


# --- How long it takes ----------------------------------------------------------------------------------
_DAYS_OF = {"wd": 1.0, "d": 5 / 7, "m": 21.0, "h": 0.0}


def promised_days(limit: int, unit: str) -> int:
    """A promised time in working days, as an event adds them up."""
    return round(limit * _DAYS_OF[unit])


def _slower(way: tuple[int, tuple[str, ...]]) -> tuple[int, int, tuple[str, ...]]:
    days, services = way
    return days, len(services), services


def longest_way(definition: Mapping[str, Any], days: Mapping[str, int]) -> dict[str, Any]:
    """The way through the members that takes longest, each in its promised working days; {} without members.

    Of alternatives the slowest counts: it is the latest day that can be said before anything is answered. A member
    decided on the spot belongs to the way that leads through it, but does not prolong it at the end.
    """
    before: dict[str, set[str]] = {str(row["service"]): set() for row in definition.get("members", ())}
    for edge in definition.get("edges", ()):
        before[str(edge["to"])].add(str(edge["from"]))
    ways: dict[str, tuple[int, tuple[str, ...]]] = {}
    for service in graphlib.TopologicalSorter(before).static_order():
        ahead, way = max((ways[each] for each in before[service]), default=(0, ()), key=_slower)
        ways[service] = ahead + days.get(service, 0), (*way, service)
    if not ways:
        return {}
    total, way = max(ways.values(), key=lambda each: (each[0], -len(each[1]), each[1]))
    return {"path": list(way) if total else [], "working_days": total}
