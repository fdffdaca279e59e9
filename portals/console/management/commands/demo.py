"""Lay the demonstration city: what people need at once now, the year of history in the background."""

import random
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portals.console import demonstration
from portals.console.tasks import lay_history


class Command(BaseCommand):
    help = "Lay the demonstration city (deterministic from --seed; laying it twice changes nothing)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=demonstration.SEED)
        parser.add_argument("--cases", type=int, default=demonstration.CASES, help="cases of the past year")
        parser.add_argument("--history", choices=["background", "now", "none"], default="background")

    def handle(self, *args: Any, seed: int, cases: int, history: str, **options: Any) -> None:
        for name in demonstration.lay_city(random.Random(seed)):  # noqa: S311 - reproducible, not secret
            self.stdout.write(f"  {name}")
        if history == "now":
            demonstration.lay_history(seed=seed, cases=cases)
        elif history == "background":
            lay_history.apply_async(kwargs={"seed": seed, "cases": cases}, queue="bulk")
        for account in demonstration.accounts():
            self.stdout.write(f"  {account.username:<16} {account.who}")
