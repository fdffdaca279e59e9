"""Load working days: the published Chinese years by default, or any calendar from a CSV file."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import chinese_calendar
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from egov.deadlines import queries
from egov.deadlines.models import CalendarDay, WorkCalendar

SOURCE_FIRST, SOURCE_LAST = 2024, 2026  # published years that matter to open and recent cases


class Command(BaseCommand):
    help = "Load working days into a calendar (idempotent; a day that an administrator set is left alone)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--calendar", default=queries.DEFAULT_CALENDAR)
        parser.add_argument("--file", type=Path, help="CSV with columns day, is_working (0/1), name_zh, name_en")

    @transaction.atomic
    def handle(self, *args: Any, calendar: str, file: Path | None, **options: Any) -> None:
        row, _created = WorkCalendar.objects.get_or_create(
            key=calendar, defaults={"name": {"zh-Hans": "全国工作日", "en": "National working days"}}
        )
        days = _from_file(file) if file else _published()
        present = set(row.days.values_list("day", flat=True))
        new = [CalendarDay(calendar=row, **day) for day in days if day["day"] not in present]
        CalendarDay.objects.bulk_create(new)
        queries.forget_calendars()
        self.stdout.write(f"{len(new)} days loaded into {calendar}")


def _published() -> list[dict[str, Any]]:
    """Days that differ from Monday to Friday, as the State Council's yearly notices publish them."""
    days = []
    day = dt.date(SOURCE_FIRST, 1, 1)
    while day <= dt.date(SOURCE_LAST, 12, 31):
        worked = chinese_calendar.is_workday(day)
        if worked != (day.weekday() < 5):
            _holiday, name = chinese_calendar.get_holiday_detail(day)
            days.append({"day": day, "is_working": worked, "name": {"en": name} if name else {}})
        day += dt.timedelta(days=1)
    return days


def _from_file(file: Path) -> list[dict[str, Any]]:
    days = []
    with file.open(newline="", encoding="utf-8-sig") as stream:
        for number, line in enumerate(csv.DictReader(stream), start=2):
            try:
                days.append(
                    {
                        "day": dt.date.fromisoformat(line["day"]),
                        "is_working": bool(int(line["is_working"])),
                        "name": {"zh-Hans": line.get("name_zh", ""), "en": line.get("name_en", "")},
                    }
                )
            except (KeyError, ValueError) as error:
                raise CommandError(f"line {number}: {error}") from error
    return days
