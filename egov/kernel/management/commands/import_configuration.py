"""Bring in a configuration that export_configuration wrote."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from egov.kernel import configuration
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import EgovError, InvalidInput


class Command(BaseCommand):
    help = "Bring in what export_configuration wrote (dry run unless --commit)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--commit", action="store_true", help="write; otherwise only say what would change")

    def handle(self, *args: Any, file: Path, commit: bool, **options: Any) -> None:
        try:
            data = configuration.unpack(file.read_bytes())
            found = configuration.bring_in(SYSTEM, data=data, commit=commit)
        except InvalidInput as error:
            raise CommandError("\n".join(f"{fault.path}: {fault.message}" for fault in error.faults)) from error
        except (OSError, EgovError) as error:
            raise CommandError(str(error)) from error
        for loaded in found:
            self.stdout.write(f"{loaded.section.key}: {len(loaded.entries)}")
            for entry in loaded.entries:
                self.stdout.write(f"  {entry.outcome.value:8} {entry.key} {entry.note}".rstrip())
        if not commit:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
