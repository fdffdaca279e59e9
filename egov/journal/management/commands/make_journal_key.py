"""Make the key that signs the journal's heads, once, or a new one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from egov.journal import actions, keys
from egov.kernel.actor import SYSTEM


class Command(BaseCommand):
    help = (
        "Make the journal's signing key (mode 600, under EGOV_KEYS_DIR) unless there is one; --rotate makes a new one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", action="store_true")

    def handle(self, *args: Any, rotate: bool, **options: Any) -> None:
        if keys.exists() and not rotate:
            return
        with transaction.atomic():
            key = actions.rotate_key(SYSTEM)
        self.stderr.write(f"The journal is signed with key {key.key_id} from now on.")
