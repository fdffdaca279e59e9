"""Services and events: what there is, what one takes, and where it begins."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event, ServiceVersion
from egov.catalogue.queries import ServicePage
from egov.catalogue.rules import is_fetched
from egov.kernel.errors import NotFound
from egov.kernel.text import LocalisedText, language_tag
from egov.law import queries as law
from portals.public import figures, reading, region
from portals.public.groups import GROUPS
from portals.public.views.need import beginning, went_on
from portals.shared import applicants, event_map
from portals.shared import components as c
from portals.shared.paging import page_of
from portals.shared.requests import Request
from portals.shared.templatetags.egov_ui import limit, localised_plain, money_plain

PAGE = 30
MODES = ("g2c", "g2b")  # what residents and businesses use; business of the authorities is not offered here
SHOWN_AUDIENCES = ("person", "enterprise", "sole_trader", "social_organisation")


@require_safe
def services(request: Request) -> HttpResponse:
    """All services of residents and businesses, by code; filters stand in the address."""
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "for", "how", "event")}
    rows = catalogue.services(
        audience=chosen["for"] if chosen["for"] in SHOWN_AUDIENCES else "",
        event=chosen["event"],
        fileable={"online": True, "listed": False}.get(chosen["how"]),
    ).filter(service__mode__in=MODES)
    if chosen["q"]:
        named = Q(service__code__iexact=chosen["q"])
        for language in ("zh-Hans", "en"):
            named |= Q(**{f"name__{language}__icontains": chosen["q"]})
            named |= Q(**{f"department_name__{language}__icontains": chosen["q"]})
        rows = rows.filter(named)
    page = page_of(request, rows, order=("service__code",), size=PAGE)
    return render(
        request,
        "public/services.html",
        {
            "page": page,
            "cards": reading.cards(page.items),
            "filter_fields": _filter_fields(chosen),
            "total": rows.count(),
            "query": chosen["q"],
        },
    )


def _filter_fields(chosen: dict[str, str]) -> list[c.Field]:
    def option(value: str, label: Any, name: str) -> c.Option:
        return c.Option(value, label, checked=chosen[name] == value)

    audiences = [option("", _("Everybody"), "for")]
    audiences += [option(key, applicants.AUDIENCES[key], "for") for key in SHOWN_AUDIENCES]
    ways = [
        option("", _("All"), "how"),
        option("online", _("Filed here"), "how"),
        option("listed", _("Filed elsewhere"), "how"),
    ]
    occasions = [option("", _("Any"), "event")]
    occasions += [
        option(event.code, localised_plain(event.name), "event")
        for event in catalogue.events()
        if event.kind != "internal"
    ]
    return [
        c.Field("q", _("Name or department"), "search", chosen["q"]),
        c.Field("for", _("For whom"), "select", options=audiences),
        c.Field("event", _("Occasion"), "select", options=occasions),
        c.Field("how", _("How"), "select", options=ways),
    ]


# --- One service -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Material:
    name: LocalisedText
    how: str
    icon: str
    condition: str
    issuer: LocalisedText


@require_safe
def service(request: Request, code: str) -> HttpResponse:
    here = region.chosen(request)
    page = catalogue.service_page(code, here.code)
    went_on(request, code)
    version = page.version
    response = render(
        request,
        "public/service.html",
        {
            "page": page,
            "version": version,
            "fileable": reading.fileable(version) and version.service.enabled,
            "keys": _keys(page),
            "who": applicants.audience_words(version.audience),
            "materials": [_material(row) for row in version.materials],
            "fee_rows": [_fee_row(row) for row in version.fee.get("items", [])],
            "cost": reading.cost(version.fee),
            "channels": [reading.CHANNELS[key] for key in version.channel.get("forms", []) if key in reading.CHANNELS],
            "remedies": _remedies(page),
            "measured": figures.of_service(code),
            "history": catalogue.versions_of(code).filter(published_at__isnull=False)[:5],
            "here": here,
            "region_field": region.field(request, _("Where you ask from")),
            "start_url": beginning(request, start=code),
        },
    )
    region.remember(request, response)
    return response


def _keys(page: ServicePage) -> list[tuple[str, str, str]]:
    """The answers that come first: (what, value, note)."""
    version = page.version
    to_hand_in = [
        row for row in version.materials if row.get("source") == "applicant" and row.get("required") != "never"
    ]
    fetched = [row for row in version.materials if is_fetched(row)]
    return [
        (_("Time promised"), reading.promised(version), reading.by_law(version)),
        (_("Cost"), reading.cost(version.fee), ""),
        (
            _("Papers from you"),
            _("none") if not to_hand_in else str(len(to_hand_in)),
            _("%(n)s more are fetched for you") % {"n": len(fetched)} if fetched else "",
        ),
        (
            _("Visits"),
            _("none") if reading.fileable(version) else _("to the counter"),
            _("wholly online") if version.online_depth >= 4 else "",
        ),
    ]


def _material(row: dict[str, Any]) -> Material:
    how, icon = reading.source_of(row)
    required = row.get("required", "always")
    condition = (
        ""
        if required == "always"
        else _("if you wish")
        if required == "never"
        else _("only in some cases; the form asks")
    )
    return Material(row.get("name", {}), str(how), icon, condition, row.get("issuer", {}))


def _fee_row(row: dict[str, Any]) -> tuple[LocalisedText, str, LocalisedText]:
    return row.get("name", {}), money_plain(row.get("amount") or 0), row.get("basis") or {}


def _remedies(page: ServicePage) -> list[c.Why]:
    """Where to turn when one disagrees: what, within how long, to whom, by which article."""
    if page.procedure is None:
        return []
    return [
        c.Why(
            summary=str(reading.REMEDIES.get(remedy.kind, remedy.kind)),
            text=_("within %(limit)s, to %(body)s")
            % {"limit": limit(remedy.limit, remedy.unit), "body": localised_plain(remedy.body)},
            law=reading.joined([law.citation_text(each.instrument, each.article) for each in remedy.basis]),
        )
        for remedy in page.procedure.remedies
    ]


# --- One group of people -------------------------------------------------------------------------------------
@require_safe
def group(request: Request, key: str) -> HttpResponse:
    found = GROUPS.get(key)
    if found is None:
        raise NotFound
    versions = catalogue.published_many(found.codes)
    rows = [versions[code] for code in found.codes if code in versions and versions[code].service.enabled]
    return render(request, "public/group.html", {"group": found, "cards": reading.cards(rows)})


# --- One event ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Stage:
    number: int
    cards: list[c.ServiceCard]


@require_safe
def event(request: Request, code: str) -> HttpResponse:
    """What belongs to it, in which order, on which answers, with how many papers, and how long at the longest."""
    found = catalogue.event(code)
    if found.kind == "internal":
        raise NotFound
    codes = [row["service"] for row in found.definition.get("members", [])]
    codes += [version.service.code for version in catalogue.services(event=code)]
    versions = {key: each for key, each in catalogue.published_many(codes).items() if each.service.enabled}
    stages = event_map.stages_of(found, versions)
    if not found.is_offered:
        return _withdrawn(request, found, [versions[each] for stage in stages for each in stage])
    went_on(request, code)
    brought, fetched = reading.papers_of(list(versions.values()))
    longest = found.definition.get("longest", {})
    return render(
        request,
        "public/event.html",
        {
            "event": found,
            "start_url": beginning(request, event=code),
            "stages": [
                Stage(number, [_member_card(found, versions[each]) for each in group])
                for number, group in enumerate(stages, 1)
            ],
            "graph": event_map.graph_of(
                found,
                stages,
                versions,
                note_of=reading.promised,
                url_of=lambda code: reverse("public:service", args=[code]),
            ),
            "count": len(versions),
            "conditional": sum(bool(row.get("when")) for row in found.definition.get("members", [])),
            "departments": len({localised_plain(version.department_name) for version in versions.values()}),
            "online": sum(reading.fileable(version) for version in versions.values()),
            "brought": brought,
            "fetched": fetched,
            "longest": longest.get("working_days"),
            "longest_path": [versions[each].name for each in longest.get("path", []) if each in versions],
            "questions": [question.get("text", {}) for question in found.definition.get("questions", [])],
            "asked_once": found.definition.get("asked_once", []),
            "needs": (found.needs.get(language_tag()) or [])[:3],
        },
    )


def _withdrawn(request: Request, found: Event, versions: list[ServiceVersion]) -> HttpResponse:
    """For whoever kept the address: what there was, and its services one by one, in the order they follow."""
    cards = [_member_card(found, version) for version in versions]
    return render(request, "public/event_withdrawn.html", {"event": found, "cards": cards})


def _member_card(found: Event, version: ServiceVersion) -> c.ServiceCard:
    rows = {row["service"]: row for row in found.definition.get("members", [])}
    row = rows.get(version.service.code, {})
    when = event_map.when_in_words(found, row.get("when", ""))
    card = reading.card(version, note=localised_plain(row.get("note", {})), reasons=[when] if when else [])
    if row.get("optional"):
        card = replace(card, badges=(*card.badges, c.Badge(pgettext("service", "optional"))))
    return card
