"""Sentences that people say, offered below the need box: some for the season, some for the place, some of the day.

Which service or event suits a season is configuration; the sentence itself comes from the catalogue, so that no
example leads nowhere.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egov.catalogue.models import Event, ServiceVersion, VersionState
from egov.kernel.text import LocalisedText, language_tag


@dataclass(frozen=True)
class Season:
    """``codes`` of services and events that people ask for in ``months``."""

    name: str | Promise
    months: frozenset[int]
    codes: tuple[str, ...]


# Filing of annual income tax March to June (Individual Income Tax Law art. 11); school enrolment from May;
# graduates from July; residents' medical insurance is paid from October to December.
SEASONS = (
    Season(_("Spring"), frozenset({3, 4, 5}), ("TX02", "ED01")),
    Season(_("Summer"), frozenset({6, 7, 8}), ("ED01", "LE03", "EM02")),
    Season(_("Autumn"), frozenset({9, 10, 11}), ("MH02", "SI14")),
    Season(_("Winter"), frozenset({12, 1, 2}), ("MH02", "TX01", "CL18")),
)
EVENTS_A_DAY = 3


def examples(*, today: dt.date) -> list[tuple[str, str]]:
    """(occasion or "", sentence) in the page's language: what the season asks for, then three that change daily."""
    season = next(each for each in SEASONS if today.month in each.months)
    versions = {
        version.service.code: version.needs
        for version in ServiceVersion.objects.filter(
            state=VersionState.PUBLISHED, service__enabled=True, service__code__in=season.codes
        )
        .select_related("service")
        .only("needs", "service__code")
    }
    offered = Event.objects.filter(kind__in=["life", "business"], withdrawn_at__isnull=True)
    events = list(offered.order_by("order", "code").only("code", "needs"))
    needs = versions | {event.code: event.needs for event in events}
    seasonal = [(str(season.name), sentence) for code in season.codes if (sentence := _said(needs.get(code), today))]
    daily = [("", sentence) for event in _turn(events, today) if (sentence := _said(event.needs, today))]
    return [*daily[:EVENTS_A_DAY], *seasonal[:2]]


def _turn(events: Sequence[Event], today: dt.date) -> list[Event]:
    """The list begun at another place each day, in steps that mix life and business."""
    if not events:
        return []
    return [events[(today.toordinal() * EVENTS_A_DAY + n * 7) % len(events)] for n in range(len(events))]


def _said(needs: LocalisedText | dict[str, list[str]] | None, today: dt.date) -> str:
    sentences = (needs or {}).get(language_tag()) or []
    return sentences[today.toordinal() % len(sentences)] if sentences else ""
