"""Load working days: the published Chinese years at set-up, or any calendar from a CSV file."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chinese_calendar import constants
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from egov.deadlines import actions, queries
from egov.deadlines.actions import Day
from egov.deadlines.models import WorkCalendar
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotFound

# Days that the law itself makes free (全国年节及纪念日放假办法, in force 2025-01-01), for years whose notice has not
# come out: how they are moved and which weekends are worked for them is not known before.
PROVISIONAL = Path(__file__).parents[2] / "definitions" / "cn_provisional.csv"


class Command(BaseCommand):
    help = (
        "Load the published working days of China into the default calendar, and the coming years provisionally; "
        "loading twice changes nothing. With --file, a CSV (day, is_working 0/1, name_zh, name_en) is compared with "
        "the calendar, and written with --apply."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--calendar", default=queries.DEFAULT_CALENDAR)
        parser.add_argument("--file", type=Path)
        parser.add_argument("--provisional", action="store_true", help="the file's years are not published yet")
        parser.add_argument("--overwrite", action="store_true", help="also days that say something else already")
        parser.add_argument("--apply", action="store_true", help="write what the file says")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path | None = options["file"]
        if file is None:
            WorkCalendar.objects.get_or_create(
                key=queries.DEFAULT_CALENDAR,
                defaults={"name": {"zh-Hans": "全国工作日", "en": "National working days"}},
            )
            days = [*_published(), *_from_file(PROVISIONAL, provisional=True)]
        else:
            days = list(_from_file(file, provisional=options["provisional"]))
        with transaction.atomic():
            try:
                done = actions.load_days(
                    SYSTEM, calendar=options["calendar"], days=days, overwrite=options["overwrite"]
                )
            except NotFound as error:
                raise CommandError(str(error)) from error
            if file is not None and not options["apply"]:
                transaction.set_rollback(True)
        self.stdout.write(f"{done.added} days added, {done.replaced} provisional ones replaced")
        for day in done.kept:
            self.stdout.write(f"left alone, because it was set otherwise: {day}")
        if file is not None and not options["apply"]:
            self.stdout.write("Nothing was written; repeat with --apply.")


def _published() -> Iterator[Day]:
    """Days that differ from Monday to Friday, as the State Council's yearly notices publish them."""
    for day, name in constants.workdays.items():
        if day.weekday() >= 5:
            yield Day(day, is_working=True, name=_name(name, zh="调休上班", en="worked instead"))
    for day, name in constants.holidays.items():
        yield Day(day, is_working=False, name=_name(name))


def _name(name: str, *, zh: str = "", en: str = "") -> dict[str, str]:
    chinese = constants.Holiday(name).chinese
    return {"zh-Hans": f"{chinese}{zh}", "en": f"{name} ({en})" if en else name}


def _from_file(file: Path, *, provisional: bool) -> Iterator[Day]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            for number, line in enumerate(csv.DictReader(stream), start=2):
                yield _day(file, number, line, provisional=provisional)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: {error}") from error


def _day(file: Path, number: int, line: dict[str, str | None], *, provisional: bool) -> Day:
    try:
        day = dt.date.fromisoformat(line["day"] or "")
        is_working = {"0": False, "1": True}[(line["is_working"] or "").strip()]
    except (KeyError, ValueError) as error:
        raise CommandError(f"{file}, line {number}: {error!r}") from error
    names = {"zh-Hans": line.get("name_zh") or "", "en": line.get("name_en") or ""}
    return Day(day, is_working, {language: name for language, name in names.items() if name}, provisional)
