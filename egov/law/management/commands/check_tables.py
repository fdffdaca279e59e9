"""Run the tests that stand beside the published decision tables."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from egov.law import queries, rules


class Command(BaseCommand):
    help = "Run the tests stored beside every published decision table."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for table in queries.tables():
            faults = rules.run_tests(table)
            failed += len(faults)
            self.stdout.write(f"{table.key} v{table.version}: {len(table.tests)} tests, {len(faults)} failed")
            for fault in faults:
                self.stdout.write(f"  test {fault.number}: {fault.message}")
        if failed:
            raise CommandError(f"{failed} tests failed")
