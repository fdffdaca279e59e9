"""The catalogue as linked data: CPSV-AP 3.2.0, in JSON-LD and Turtle, for other catalogues to harvest.

https://semiceu.github.io/CPSV-AP/releases/3.2.0/. Nodes stand under the addresses of the pages that show them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from egov.catalogue.models import Event, ServiceVersion, VersionState
from egov.catalogue.queries.reading import basis_text, competence_rows, events, is_for, kept
from egov.identity.models import Organisation, Region, Unit
from egov.kernel import clock

PREFIXES = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
LANGUAGES = (
    "http://publications.europa.eu/resource/authority/language/ZHO",
    "http://publications.europa.eu/resource/authority/language/ENG",
)
YUAN = "http://publications.europa.eu/resource/authority/currency/CNY"
# xsd:duration knows no working days; those are told by a property of our own (``workingDays``).
DURATIONS = {"d": "P{}D", "m": "P{}M", "h": "PT{}H"}
_UNSAFE = re.compile(r"[^A-Za-z0-9._~-]+")


@dataclass
class Node:
    """A thing with its types and, by property, its values: ``{"@id": …}``, ``{"@value": …}``."""

    id: str
    types: tuple[str, ...]
    values: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def add(self, name: str, *values: dict[str, str]) -> None:
        if values:
            self.values.setdefault(name, []).extend(values)


def json_ld() -> str:
    """The whole catalogue as JSON-LD; kept until the catalogue changes."""
    text: str = kept.get("cpsv json-ld", lambda: _json_ld(list(nodes())))
    return text


def turtle() -> str:
    """The whole catalogue as Turtle; kept until the catalogue changes."""
    text: str = kept.get("cpsv turtle", lambda: _turtle(list(nodes())))
    return text


def nodes() -> Iterator[Node]:
    """Every service in force and switched on, with what it names: events, authorities, regions, languages."""
    authorities = _Authorities()
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__enabled=True)
    rows = rows.defer("form", "plan", "auto_decision", "auto_advice").select_related("service")
    grouped = _events_by_service()
    present = set(rows.values_list("service__code", flat=True))
    laws: dict[str, Node] = {}
    for row in rows.order_by("service__code").iterator(chunk_size=200):
        yield from _service(row, authorities, grouped.get(row.service_id, []), present, laws)
    yield from laws.values()
    yield from map(_event, events())
    yield from authorities.nodes()
    yield from (Node(each, ("dct:LinguisticSystem",)) for each in LANGUAGES)
    yield Node(YUAN, ("skos:Concept",))


def _service(
    row: ServiceVersion,
    authorities: "_Authorities",
    grouped: Iterable[str],
    present: set[str],
    laws: dict[str, Node],
) -> Iterator[Node]:
    here = _at("service", row.service.code)
    node = Node(here, ("cpsv:PublicService",))
    node.add("dct:identifier", _text(row.service.code))
    node.add("dct:title", *_texts(row.name))
    node.add("dct:description", *(_texts(row.summary) or _texts(row.name)))
    node.add("dct:language", *map(_ref, LANGUAGES))
    node.add("cv:hasCompetentAuthority", *map(_ref, authorities.of(row)))
    node.add("cv:isGroupedBy", *(_ref(_at("event", code)) for code in grouped))
    needed = {code for group in row.depends_on for code in group if code in present}
    node.add("dct:requires", *(_ref(_at("service", code)) for code in sorted(needed)))
    if row.promised_limit and row.promised_unit in DURATIONS:
        duration = DURATIONS[row.promised_unit].format(row.promised_limit)
        node.add("cv:processingTime", {"@value": duration, "@type": "xsd:duration"})
    elif row.promised_limit:
        node.add(_at("ns") + "#workingDays", {"@value": str(row.promised_limit), "@type": "xsd:integer"})
    for kind, name, parts in (
        ("cv:Evidence", "cpsv:hasInput", row.materials),
        ("cv:Output", "cpsv:produces", row.outputs),
    ):
        for part in _parts(here, kind, parts):
            node.add(name, _ref(part.id))
            yield part
    for part in (*_costs(here, row.fee), *_channels(here, row.channel)):
        node.add("cv:hasCost" if part.types == ("cv:Cost",) else "cv:hasChannel", _ref(part.id))
        yield part
    for law in _legal_basis(row):
        laws.setdefault(law.id, law)
        node.add("cv:hasLegalResource", _ref(law.id))
    yield node


def _parts(here: str, kind: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Node]:
    """Materials and results: each with its key and its name."""
    for row in rows:
        titles = _texts(row.get("name", {}))
        if titles and row.get("key"):
            node = Node(f"{here}#{_safe(row['key'])}-{kind[3:].lower()}", (kind,))
            node.add("dct:identifier", _text(str(row["key"])))
            node.add("dct:title", *titles)
            yield node


def _costs(here: str, fee: Mapping[str, Any]) -> Iterator[Node]:
    rows = [*fee.get("items", ()), *([{"key": "fee", **fee}] if "amount" in fee else ())]
    for row in rows:
        node = Node(f"{here}#{_safe(row['key'])}-cost", ("cv:Cost",))
        node.add("dct:identifier", _text(str(row["key"])))
        node.add("cv:hasValue", {"@value": str(row["amount"]), "@type": "xsd:double"})
        node.add("cv:currency", _ref(YUAN))
        node.add("dct:description", *_texts(row.get("name", {})))
        yield node


def _channels(here: str, channel: Mapping[str, Any]) -> Iterator[Node]:
    for form in channel.get("forms", ()):
        node = Node(f"{here}#{_safe(form)}-channel", ("cv:Channel",))
        node.add("dct:identifier", _text(str(form)))
        yield node


def _legal_basis(row: ServiceVersion) -> Iterator[Node]:
    for entry in row.legal_basis:
        titles = _texts(basis_text(entry))
        if titles:
            name = f"{entry.get('instrument') or titles[0]['@value']}-{entry.get('article', '')}".rstrip("-")
            node = Node(_at("ns", "law", name), ("eli:LegalResource",))
            node.add("dct:title", *titles)
            yield node


def _event(row: Event) -> Node:
    kind = {"life": "cv:LifeEvent", "business": "cv:BusinessEvent"}.get(row.kind)
    node = Node(_at("event", row.code), ("cv:Event", *([kind] if kind else ())))
    node.add("dct:identifier", _text(row.code))
    node.add("dct:title", *_texts(row.name))
    node.add("dct:description", *_texts(row.summary))
    return node


class _Authorities:
    """Departments by what they are competent for; the service hall's where nobody is."""

    def __init__(self) -> None:
        today = clock.today()
        self._rows = [row for row in competence_rows() if row.holds_on(today)]
        hall = Unit.objects.filter(is_service_hall=True, closed_on__isnull=True).order_by("pk").first()
        self._last = [hall.department_id] if hall else []
        self._departments = {
            row.pk: row for row in Organisation.objects.filter(kind="department").select_related("party")
        }
        self._named: set[int] = set()

    def of(self, row: ServiceVersion) -> list[str]:
        found = list(dict.fromkeys(each.department_id for each in self._rows if is_for(each, row.service)))
        named = [pk for pk in found or self._last if pk in self._departments]
        self._named.update(named)
        return [_at("department", self._departments[pk].key or "") for pk in named]

    def nodes(self) -> Iterator[Node]:
        named = [self._departments[pk] for pk in sorted(self._named)]
        regions = {row.code: row for row in Region.objects.filter(pk__in={each.party.region_id for each in named})}
        for row in named:
            node = Node(_at("department", row.key or ""), ("cv:PublicOrganisation",))
            node.add("skos:prefLabel", *_texts(row.full_name))
            node.add("dct:spatial", _ref(_at("ns", "region", row.party.region_id or "unknown")))
            yield node
        for code in {each.party.region_id or "unknown" for each in named}:
            node = Node(_at("ns", "region", code), ("dct:Location",))
            node.add("skos:prefLabel", *(_texts(regions[code].name) if code in regions else ()))
            yield node


def _events_by_service() -> dict[int, list[str]]:
    links = Event.services.through.objects.filter(event__withdrawn_at__isnull=True).order_by("event__code")
    found: dict[int, list[str]] = {}
    for service_id, code in links.values_list("publicservice_id", "event__code"):
        found.setdefault(service_id, []).append(code)
    return found


# --- Values and syntax ------------------------------------------------------------------------------
def _at(*steps: str) -> str:
    return "/".join((settings.PUBLIC_URL, *(_safe(step) for step in steps)))


def _safe(step: str) -> str:
    """As it may stand in an address; letters of other scripts by their number."""
    return _UNSAFE.sub(lambda match: "".join(f"u{ord(each):x}" for each in match[0]), step)


def _ref(target: str) -> dict[str, str]:
    return {"@id": target}


def _text(value: str) -> dict[str, str]:
    return {"@value": value}


def _texts(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, Mapping):
        return []
    return [{"@value": text, "@language": tag} for tag, text in value.items() if isinstance(text, str) and text]


def _json_ld(found: Iterable[Node]) -> str:
    graph = [{"@id": node.id, "@type": list(node.types), **node.values} for node in found]
    return json.dumps({"@context": PREFIXES, "@graph": graph}, ensure_ascii=False, indent=1)


def _turtle(found: Iterable[Node]) -> str:
    lines = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    for node in found:
        parts = [f"a {', '.join(node.types)}"]
        for name, values in node.values.items():
            shown = f"<{name}>" if name.startswith("http") else name
            parts.append(f"{shown} {', '.join(map(_term, values))}")
        lines.append(f"\n<{node.id}> " + " ;\n    ".join(parts) + " .")
    return "\n".join(lines) + "\n"


def _term(value: Mapping[str, str]) -> str:
    if "@id" in value:
        return f"<{value['@id']}>"
    # A JSON string is a Turtle string: the escapes are the same.
    quoted = json.dumps(value["@value"], ensure_ascii=False)
    if "@language" in value:
        return f"{quoted}@{value['@language']}"
    return f"{quoted}^^{value['@type']}" if "@type" in value else quoted
