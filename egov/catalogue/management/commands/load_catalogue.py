"""Load the definitions of services and life events."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from egov.catalogue import actions
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput


class Command(BaseCommand):
    help = "Load the service definitions of all rooms and the events of life (dry run unless --commit)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--path", type=Path, help="a folder with definitions, instead of the rooms' own")
        parser.add_argument("--commit", action="store_true", help="write; otherwise only say what would change")

    def handle(self, *args: Any, path: Path | None, commit: bool, **options: Any) -> None:
        try:
            with transaction.atomic():
                report = actions.load_definitions(SYSTEM, path=path)
                transaction.set_rollback(not commit)
        except InvalidInput as error:
            raise CommandError("\n".join(f"{fault.path}: {fault.message}" for fault in error.faults)) from error
        self.stdout.write(f"created: {len(report.created)}, unchanged: {report.unchanged}")
        for word, codes in (
            ("updated", report.updated),
            ("waits as a draft beside an edited version", report.drafted),
        ):
            if codes:
                self.stdout.write(f"{word}: {', '.join(codes)}")
        if not commit:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
