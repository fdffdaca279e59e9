from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from egov.documents import actions, authority
from egov.identity.models import Organisation
from egov.kernel.actor import SYSTEM


class Command(BaseCommand):
    """Part of set-up: makes only what is missing, so it may run again at any time."""

    help = "Make the seal authority, and a seal for every department that has none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what is missing and change nothing")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        if dry_run:
            sealed = Organisation.objects.filter(kind="department", seals__isnull=False, seals__retired_at=None)
            waiting = Organisation.objects.filter(kind="department", dissolved_on=None).exclude(pk__in=sealed)
            self.stdout.write(f"authority: {'present' if authority.exists() else 'missing'}")
            self.stdout.write("".join(f"{key}\n" for key in waiting.order_by("key").values_list("key", flat=True)))
            return
        made = actions.make_seals(SYSTEM)
        self.stdout.write(f"{len(made)} seals made.")
