"""Work calendars as a section of the configuration. Days that were set here by hand are left alone."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.deadlines.actions import Day, load_days, open_calendar
from egov.deadlines.models import CalendarDay, WorkCalendar
from egov.identity.models import Organisation
from egov.kernel.actor import Actor
from egov.kernel.configuration import Entry, Outcome, Section, sections


def export() -> list[dict[str, Any]]:
    """Every calendar after the one it follows, with the days it names."""
    days: dict[int, list[CalendarDay]] = {}
    for day in CalendarDay.objects.order_by("day"):
        days.setdefault(day.calendar_id, []).append(day)
    rows = WorkCalendar.objects.select_related("based_on").prefetch_related("departments")
    return [
        {
            "key": row.key,
            "name": dict(row.name),
            "based_on": row.based_on.key if row.based_on else "",
            "departments": sorted(each.key or "" for each in row.departments.all()),
            "days": [_day(day) for day in days.get(row.pk, ())],
        }
        for row in sorted(rows, key=lambda row: (row.based_on_id is not None, row.key))
    ]


def load(actor: Actor, data: list[Mapping[str, Any]]) -> list[Entry]:
    """Raises ``NotPermitted``, ``InvalidInput``."""
    present = set(WorkCalendar.objects.values_list("key", flat=True))
    departments = dict(Organisation.objects.filter(key__isnull=False).values_list("key", "pk"))
    found = []
    for row in data:
        if row["key"] not in present:
            open_calendar(
                actor,
                key=row["key"],
                name=row["name"],
                department_ids=[departments[key] for key in row["departments"]],
                based_on=row["based_on"] or None,
            )
            found.append(Entry(row["key"], Outcome.ADDED))
        loaded = load_days(actor, calendar=row["key"], days=[_read(day) for day in row["days"]])
        if loaded.added or loaded.replaced:
            found.append(Entry(row["key"], Outcome.CHANGED, f"+{loaded.added} −{loaded.replaced}"))
        found += [Entry(f"{row['key']} {day}", Outcome.KEPT) for day in loaded.kept]
    return found


def _day(day: CalendarDay) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "is_working": day.is_working,
        "name": dict(day.name or {}),
        "provisional": day.provisional,
    }


def _read(row: Mapping[str, Any]) -> Day:
    return Day(dt.date.fromisoformat(str(row["day"])), row["is_working"], row["name"], row["provisional"])


sections.add("calendars", Section("calendars", _("Calendars"), 20, export, load))
