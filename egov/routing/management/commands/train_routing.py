"""Train the model that re-weighs what a need leads to."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from egov.kernel.actor import SYSTEM
from egov.routing import actions, memory


class Command(BaseCommand):
    help = (
        "Train the learned model on the names and the reviewed examples of the index, and write it to a file. "
        "Deterministic; a minute on one CPU. EGOV_ROUTING_MODEL names the file that workers read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, default=None, help="where to (default: the file in use)")

    def handle(self, *args: Any, out: Path | None, **options: Any) -> None:
        started = time.monotonic()
        path = out or memory.learned_path()
        learned, sentences = actions.train_learned(SYSTEM, path=path)
        self.stdout.write(
            f"{sentences} sentences, {len(learned.numbers)} features, {len(learned.weights)} weights → {path} "
            f"({path.stat().st_size // 1024} KiB) in {time.monotonic() - started:.0f} s"
        )
