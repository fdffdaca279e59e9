"""What a need leads to: one text, or a file of needs."""

import csv
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from egov.kernel.text import localise
from egov.routing import queries


class Command(BaseCommand):
    help = 'Say what a need leads to: route "text", or route --file needs.csv (columns id, lang, text) --out results.jsonl.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", nargs="?", default="")
        parser.add_argument("--file", type=Path, help="CSV with the columns id, lang, text")
        parser.add_argument("--out", type=Path, help="JSON lines: id, services, bundle, asked")
        parser.add_argument("--region", default="", help="code of the region the person is in")
        parser.add_argument("--capacity", default=queries.ANYBODY, help="person, business, staff or any")
        parser.add_argument("--language", default="zh-Hans", help="in which reasons are printed")

    def handle(self, *args: Any, text: str, file: Path | None, out: Path | None, **options: Any) -> None:
        if bool(text) == bool(file):
            raise CommandError("Give a text or --file.")
        if file is not None:
            self._file(file, out, region=options["region"], capacity=options["capacity"])
        else:
            self._one(text, region=options["region"], capacity=options["capacity"], language=options["language"])

    def _file(self, file: Path, out: Path | None, *, region: str, capacity: str) -> None:
        lines = []
        with file.open(encoding="utf-8-sig", newline="") as source:
            rows = csv.DictReader(source)
            if not {"id", "text"} <= set(rows.fieldnames or ()):
                raise CommandError("The file needs the columns id, lang and text.")
            for row in rows:
                outcome = queries.outcome(row["text"] or "", region=region, capacity=capacity)
                lines.append(json.dumps({"id": row["id"], **outcome}, ensure_ascii=False))
        if out is None:
            self.stdout.write("\n".join(lines))
        else:
            out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            self.stdout.write(f"{len(lines)} needs → {out}")

    def _one(self, text: str, *, region: str, capacity: str, language: str) -> None:
        match = queries.match_need(text, region=region, capacity=capacity)
        if len(match.parts) > 1:
            self.stdout.write("several needs: " + " | ".join(match.parts))
        if match.question:
            self.stdout.write(f"? {localise(match.question.text, language)}")
            for option in match.question.options:
                self.stdout.write(f"  - {localise(option.text, language)}: {', '.join(option.codes)}")
            return
        if match.hotline:
            self.stdout.write("Nothing fits. The hotline (CP01) is offered.")
        if match.bundle:
            self.stdout.write(f"event: {match.bundle}")
        for candidate in match.candidates:
            reasons = "; ".join(localise(reason, language) for reason in candidate.reasons)
            fileable = "" if candidate.fileable or candidate.kind == "event" else " (listed)"
            self.stdout.write(
                f"{candidate.score:.2f} {candidate.code} {localise(candidate.title, language)}{fileable}  {reasons}"
            )
