"""Load the dictionary of data elements."""

from typing import Any

from django.core.management.base import BaseCommand

from egov.kernel.actor import SYSTEM
from egov.registers import actions


class Command(BaseCommand):
    help = "Load registers and data elements (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.load_elements(SYSTEM)} rows new or changed")
