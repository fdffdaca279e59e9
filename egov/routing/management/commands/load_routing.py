"""Load the shipped lexicon."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from egov.kernel.actor import SYSTEM
from egov.routing import actions


class Command(BaseCommand):
    help = "Load the lexicon that is shipped with the product and index it (dry run unless --commit)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commit", action="store_true", help="write; otherwise only say what would change")

    def handle(self, *args: Any, commit: bool, **options: Any) -> None:
        with transaction.atomic():
            report = actions.load_definitions(SYSTEM)
            transaction.set_rollback(not commit)
        self.stdout.write(f"added: {report.added}, removed: {report.removed}, changed: {report.changed}")
        if not commit:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
