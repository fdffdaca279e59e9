"""Prove the whole journal and say where it was tampered with."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from egov.journal import rules
from egov.journal.verification import verify


class Command(BaseCommand):
    help = "Prove the whole journal; exit status 1 and one line per finding when it was tampered with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--checkpoint", type=Path, help="a signed head kept elsewhere (manage.py journal_checkpoint)"
        )
        parser.add_argument("--at-most", type=int, default=100, help="stop after so many findings")

    def handle(self, *args: Any, checkpoint: Path | None, at_most: int, **options: Any) -> None:
        report = verify(checkpoint=_read(checkpoint) if checkpoint else None, at_most=at_most)
        for finding in report.findings:
            self.stdout.write(f"{finding.kind}: {finding.text}")
        summary = f"{report.size} entries sealed under {report.heads} signed heads, {report.waiting} waiting"
        if not report.intact:
            raise CommandError(f"The journal was tampered with. {summary}.")
        self.stdout.write(f"The journal is intact: {summary}.")


def _read(path: Path) -> rules.Note:
    try:
        return rules.Note.parse(path.read_text())
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from error
