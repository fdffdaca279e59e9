"""Make the search entries anew."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from egov.kernel.actor import SYSTEM
from egov.routing import actions


class Command(BaseCommand):
    help = "Make the search entries of the given services, or of everything, anew from catalogue and lexicon."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", help="codes of services and events; none for everything")

    def handle(self, *args: Any, codes: list[str], **options: Any) -> None:
        started = time.monotonic()
        count = actions.reindex(SYSTEM, services=codes or None)
        self.stdout.write(f"{count} entries in {time.monotonic() - started:.1f} s")
