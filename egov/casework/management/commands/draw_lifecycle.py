"""Draw the lifecycle of cases into docs/rules/casework.md, from the table itself."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from egov.casework.rules import drawing

PAGE = settings.BASE_DIR / "docs" / "rules" / "casework.md"


def drawn(text: str) -> str:
    """The page with diagram and table as the code has them."""
    return drawing.marked(text, {"lifecycle": f"```mermaid\n{drawing.mermaid()}\n```", "transitions": drawing.table()})


class Command(BaseCommand):
    help = "Draw the lifecycle of cases into docs/rules/casework.md. --check only says whether it is up to date."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        before = PAGE.read_text()
        after = drawn(before)
        if options["check"]:
            if before != after:
                raise CommandError("docs/rules/casework.md is not what the code says: run manage.py draw_lifecycle")
            return
        PAGE.write_text(after)
        self.stdout.write("drawn" if before != after else "unchanged")
