"""Create the roles that posts carry."""

from typing import Any

from django.core.management.base import BaseCommand

from egov.identity.actions import load_roles


class Command(BaseCommand):
    help = "Create the roles (groups) that are missing; loading twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_roles()} roles created")
