"""How well needs are understood, on a file of labelled needs."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from egov.routing import memory, queries
from egov.routing.rules.evaluation import MEASURES, LabelledNeed, Outcome, Scores, score

OWN = Path(__file__).resolve().parents[2] / "evaluation" / "needs.csv"


def read_needs(path: Path) -> list[LabelledNeed]:
    """Raises ``CommandError`` when a column is missing."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = csv.DictReader(source)
        missing = {"id", "lang", "text", "expected"} - set(rows.fieldnames or ())
        if missing:
            raise CommandError(f"The file needs the columns {', '.join(sorted(missing))}.")
        return [
            LabelledNeed(row["id"], row["lang"], row["text"], row["expected"], row.get("split") or "") for row in rows
        ]


def evaluate(needs: list[LabelledNeed], *, region: str = "") -> Scores:
    outcomes = [queries.outcome(need.text, region=region) for need in needs]
    pairs = zip(needs, [Outcome(**outcome) for outcome in outcomes], strict=True)
    return score(pairs, queries.members_of())


class Command(BaseCommand):
    help = "Score a file of labelled needs (columns id, lang, text, expected; default: the project's own set)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", default=OWN)
        parser.add_argument("--split", default="", help="only needs of this split: tune or frozen")
        parser.add_argument("--region", default="")
        parser.add_argument("--rules-only", action="store_true", help="without the learned model")
        parser.add_argument("--misses", action="store_true", help="list what was missed")

    def handle(self, *args: Any, file: Path, split: str, region: str, misses: bool, **options: Any) -> None:
        needs = read_needs(file)
        if options["rules_only"]:
            memory.known().index.learned = None
        splits = [split] if split else sorted({need.split for need in needs})
        for name in splits:
            chosen = [need for need in needs if need.split == name]
            scores = evaluate(chosen, region=region)
            self.stdout.write(f"\n{name or 'all'}: {len(chosen)} needs")
            self._table(scores)
            if misses and name != "frozen":
                self._misses(scores)
            elif misses:
                self.stdout.write("Misses of the frozen half are not shown: it is only scored.")

    def _table(self, scores: Scores) -> None:
        languages = ("all", "zh", "en", "mixed")
        self.stdout.write(f"{'':10}" + "".join(f"{language:>26}" for language in languages))
        for measure in MEASURES:
            cells = ""
            for language in languages:
                share = scores.share(measure, language)
                low, high = share.interval
                cell = f"{share.right}/{share.all} {share.value:.0%} ({low:.0%}–{high:.0%})" if share.all else "–"
                cells += f"{cell:>26}"
            self.stdout.write(f"{measure:10}{cells}")

    def _misses(self, scores: Scores) -> None:
        for need, outcome in scores.misses:
            got = "asked" if outcome.asked else f"{outcome.bundle or ''} {' '.join(outcome.services[:4])}".strip()
            self.stdout.write(f"  {need.id} {need.expected:<14} ← {got or 'nothing':<28} {need.text}")
