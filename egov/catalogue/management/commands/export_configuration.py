"""Write the configuration of the catalogue as JSON."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from egov.catalogue import queries


class Command(BaseCommand):
    help = "Write services, life events and competences under stable keys, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        data = queries.export_configuration()
        file.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(data['services'])} services, {len(data['competences'])} competences")
