"""Print the newest signed head, to be kept outside this system."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from egov.journal import queries
from egov.kernel.errors import NotFound


class Command(BaseCommand):
    help = "Print the newest signed head of the journal; verify_journal --checkpoint compares with it later."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(str(queries.checkpoint()), ending="")
        except NotFound as error:
            raise CommandError(str(error)) from error
