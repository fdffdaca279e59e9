"""Compile the translations (no gettext needed)."""

from typing import Any

from django.core.management.base import BaseCommand

from egov.kernel import translations


class Command(BaseCommand):
    help = "Write the .mo file beside every .po file that is newer."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        written = translations.compile_all()
        self.stdout.write(f"{len(written)} compiled")
