"""Bring in a configuration that export_configuration wrote."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from egov.catalogue import actions
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput


class Command(BaseCommand):
    help = "Bring in services, life events and competences that export_configuration wrote (dry run unless --commit)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--commit", action="store_true", help="write; otherwise only say what would change")

    def handle(self, *args: Any, file: Path, commit: bool, **options: Any) -> None:
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            with transaction.atomic():
                report = actions.import_configuration(SYSTEM, data=data)
                transaction.set_rollback(not commit)
        except (OSError, json.JSONDecodeError) as error:
            raise CommandError(str(error)) from error
        except InvalidInput as error:
            raise CommandError("\n".join(f"{fault.path}: {fault.message}" for fault in error.faults)) from error
        self.stdout.write(
            f"{len(report.changed)} definitions changed, {report.competences} competences added, "
            f"{report.switched} services switched"
        )
        if not commit:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
