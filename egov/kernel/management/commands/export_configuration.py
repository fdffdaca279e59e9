"""Take the configuration out as one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from egov.kernel import configuration


class Command(BaseCommand):
    help = "Write departments, units, calendars, services, rules and words under stable keys, as a ZIP of YAML files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        content = configuration.pack()
        file.write_bytes(content)
        keys = ", ".join(section.key for section in configuration.ordered())
        self.stdout.write(f"{file}: {keys} ({len(content)} bytes)")
