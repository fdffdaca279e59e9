"""Register a program that acts for an account through the API; prints its secret once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from egov.identity import queries
from egov.identity.actions import register_program
from egov.identity.rules import API_SCOPES
from egov.kernel.errors import EgovError


class Command(BaseCommand):
    help = "Register a program of an account (client credentials); prints client_id and client_secret, the latter once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="Program")
        parser.add_argument("--scope", action="append", choices=API_SCOPES, help="api (everything) unless told")

    def handle(self, *args: Any, username: str, name: str, scope: list[str] | None, **options: Any) -> None:
        try:
            made = register_program(queries.account_named(username), name=name, scopes=scope or API_SCOPES[:1])
        except EgovError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.client.pk}:{made.secret}")
