"""An event as people read it: its services in their order, on which answers each depends, and the drawing of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from egov.catalogue.models import Event, ServiceVersion
from egov.identity.queries import region_name
from portals.shared.conditions import in_words, subjects_of_event
from portals.shared.templatetags.egov_ui import localised_plain

# --- Order ---------------------------------------------------------------------------------------------------


def stages_of(event: Event, known: Mapping[str, Any]) -> list[list[str]]:
    """Members by stage (what can go on side by side); services without a place come last."""
    waits_for = {row["service"]: set[str]() for row in event.definition.get("members", []) if row["service"] in known}
    for before, after, _alternative in edges_of(event, waits_for):
        waits_for[after].add(before)
    placed: set[str] = set()
    stages: list[list[str]] = []
    while len(placed) < len(waits_for):
        ready = [code for code in waits_for if code not in placed and waits_for[code] <= placed]
        ready = ready or [code for code in waits_for if code not in placed]  # the loader refuses circles
        stages.append(ready)
        placed |= set(ready)
    loose = [code for code in known if code not in waits_for]
    return [*stages, loose] if loose else stages


def edges_of(event: Event, members: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """(before, after, whether one of several is enough)."""
    rows = event.definition.get("edges", [])
    return [
        (row["from"], row["to"], bool(row.get("any_of"))) for row in rows if {row["from"], row["to"]} <= members.keys()
    ]


# --- Conditions in words -------------------------------------------------------------------------------------


def when_in_words(event: Event, condition: str) -> str:
    """The answers on which a member depends, by the words of the questions; "" when it always belongs."""
    if not condition:
        return ""
    said = in_words(condition, subjects_of_event(event.definition.get("questions", [])))
    return _("only if %(condition)s") % {"condition": said} if said else _("only in some cases; the questions decide")


def elsewhere_in_words(event: Event, condition: str) -> str:
    """When another authority does it; "" when it is always filed here."""
    said = in_words(condition, subjects_of_event(event.definition.get("questions", []))) or condition
    return _("not filed here if %(condition)s") % {"condition": said} if said else ""


def _choice(question: Mapping[str, Any], value: str) -> str:
    texts = {each["key"]: each.get("text", {}) for each in question.get("choices", [])}
    return localised_plain(texts[value]) if value in texts else value


def answer_words(question: Mapping[str, Any], value: Any) -> str:
    """An answer to a question of an event, in words."""
    if question["type"] == "boolean":
        return _("Yes") if value else _("No")
    if question["type"] == "region":
        return region_name(str(value)) or str(value)
    return _choice(question, str(value)) if question["type"] == "choice" else str(value)


# --- The drawing -------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, GAP_X, GAP_Y = 240, 70, 90, 12


@dataclass(frozen=True)
class Node:
    code: str
    title: str
    note: str
    url: str
    x: int
    y: int
    conditional: bool
    longest: bool


@dataclass(frozen=True)
class Link:
    path: str
    alternative: bool
    longest: bool


@dataclass(frozen=True)
class Graph:
    nodes: list[Node]
    links: list[Link]
    width: int
    height: int


def graph_of(
    event: Event,
    stages: Sequence[Sequence[str]],
    versions: Mapping[str, ServiceVersion],
    *,
    note_of: Callable[[ServiceVersion], str],
    url_of: Callable[[str], str],
    always: bool = False,
) -> Graph | None:
    """Stages as columns; None when nothing waits for anything, unless it is drawn ``always``."""
    rows = {row["service"]: row for row in event.definition.get("members", [])}
    places = {
        code: (column * (WIDTH + GAP_X), row * (HEIGHT + GAP_Y))
        for column, codes in enumerate(stages)
        for row, code in enumerate(codes)
    }
    edges = _reduced([edge for edge in edges_of(event, rows) if {edge[0], edge[1]} <= places.keys()])
    if not places or not (edges or always):
        return None
    longest = set(event.definition.get("longest", {}).get("path", []))
    nodes = [
        Node(
            code=code,
            title=localised_plain(versions[code].name),
            note=note_of(versions[code]),
            url=url_of(code),
            x=x,
            y=y,
            conditional=bool(rows.get(code, {}).get("when")),
            longest=code in longest,
        )
        for code, (x, y) in places.items()
    ]
    links = [
        Link(_curve(places[before], places[after]), alternative, {before, after} <= longest)
        for before, after, alternative in edges
    ]
    tallest = max(len(codes) for codes in stages)
    return Graph(nodes, links, len(stages) * (WIDTH + GAP_X) - GAP_X, tallest * (HEIGHT + GAP_Y) - GAP_Y)


def _reduced(edges: Sequence[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Without edges that a longer way says already."""
    after: dict[str, set[str]] = {}
    for before, later, _alternative in edges:
        after.setdefault(before, set()).add(later)

    def reaches(start: str, goal: str) -> bool:
        return any(step == goal or reaches(step, goal) for step in after.get(start, ()))

    return [edge for edge in edges if not any(reaches(step, edge[1]) for step in after[edge[0]] - {edge[1]})]


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1, x2, y2 = start[0] + WIDTH, start[1] + HEIGHT // 2, end[0], end[1] + HEIGHT // 2
    bend = max((x2 - x1) // 2, 24)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
