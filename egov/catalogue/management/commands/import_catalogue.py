"""Import items of another catalogue as listed services."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from egov.catalogue import actions
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput


class Command(BaseCommand):
    help = "Import service items from JSON lines or CSV; they are listed, not fileable (dry run unless --commit)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="", help="name of the origin (default: the file's name)")
        parser.add_argument("--region-name", default="", help="name of the region, when it is not known yet")
        parser.add_argument("--commit", action="store_true", help="write; otherwise only say what would change")

    def handle(self, *args: Any, file: Path, source: str, region_name: str, commit: bool, **options: Any) -> None:
        try:
            with transaction.atomic():
                report = actions.import_items(SYSTEM, path=file, source=source, region_name=region_name)
                transaction.set_rollback(not commit)
        except InvalidInput as error:
            raise CommandError("; ".join(str(fault.message) for fault in error.faults)) from error
        for fault in report.errors:
            self.stdout.write(f"line {fault.line}: {fault.code}: {fault.message}")
        self.stdout.write(
            f"{report.rows} rows: {len(report.created)} new, {len(report.updated)} changed, "
            f"{len(report.drafted)} waiting as drafts, {report.unchanged} unchanged, {len(report.errors)} with errors"
        )
        if not commit:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
