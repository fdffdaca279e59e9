"""Lay the demonstration city."""

import random
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from egov.identity import demo as people
from egov.intake import demo as filings
from portals.console import demonstration, tasks


class Command(BaseCommand):
    help = "Lay the demonstration city (deterministic from --seed; laying it twice changes nothing)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=demonstration.SEED)
        parser.add_argument(
            "--history",
            type=int,
            metavar="N",
            help="lay N cases of the past year here and now (0: none); without it the worker lays "
            f"{demonstration.CASES} of them, once",
        )

    def handle(self, *args: Any, seed: int, history: int | None, **options: Any) -> None:
        for name in demonstration.lay_city(random.Random(seed)):  # noqa: S311 - reproducible, not secret
            self.stderr.write(f"    {name}")
        if history != 0:
            filings.begin(history or demonstration.CASES)
        if history:
            self._lay(history)
        elif history is None and not filings.is_finished():
            tasks.lay_history.delay()
        self.stdout.write(f"Password of all accounts: {people.PASSWORD}")
        for account in people.ACCOUNTS:
            self.stdout.write(f"  {account.username:<18} {account.who}")

    def _lay(self, count: int) -> None:
        began = time.monotonic()
        for state in demonstration.lay_history():
            self.stderr.write(f"    history: {state.done} of {count}")
        self.stderr.write(f"    history ({time.monotonic() - began:.1f} s)")
