"""Lay the demonstration city."""

import random
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from egov.identity import demo as people
from portals.console import demonstration


class Command(BaseCommand):
    help = "Lay the demonstration city (deterministic from --seed; laying it twice changes nothing)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=demonstration.SEED)

    def handle(self, *args: Any, seed: int, **options: Any) -> None:
        for name in demonstration.lay_city(random.Random(seed)):  # noqa: S311 - reproducible, not secret
            self.stderr.write(f"    {name}")
        self.stdout.write(f"Password of all accounts: {people.PASSWORD}")
        for account in people.ACCOUNTS:
            self.stdout.write(f"  {account.username:<18} {account.who}")
