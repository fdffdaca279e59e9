"""Load the jurisdiction's law files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput
from egov.law import actions


class Command(BaseCommand):
    help = "Load instruments, parameters, procedures and decision tables (dry run unless --commit)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--path", type=Path, help="another folder than the jurisdiction's own")
        parser.add_argument("--commit", action="store_true", help="write; otherwise only say what would change")

    def handle(self, *args: Any, path: Path | None, commit: bool, **options: Any) -> None:
        try:
            with transaction.atomic():
                report = actions.load_law(SYSTEM, path=path)
                transaction.set_rollback(not commit)
        except InvalidInput as error:
            raise CommandError("\n".join(f"{fault.path}: {fault.message}" for fault in error.faults)) from error
        for word, names in (
            ("created", report.created),
            ("updated", report.updated),
            ("arrived as draft", report.drafted),
            ("kept as edited", report.kept),
        ):
            for name in names:
                self.stdout.write(f"{word}: {name}")
        self.stdout.write(f"{len(report.changed)} changed, {report.unchanged} unchanged")
        if not commit:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
