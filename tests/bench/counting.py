"""What one act or page costs the database: statements and rows, counted in this process."""

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from egov.intake import actions as intake
from tests.bench import city

BRACKETS = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)")
# Who asks, before any page or act of the product begins.
SESSION = ("identity_session", "identity_account", "identity_person")
_TABLE = re.compile(r'(?:insert into|update|delete from|from)\s+"?([a-z_0-9]+)"?', re.IGNORECASE)


@dataclass(frozen=True)
class Counted:
    """Statements of the product (named), those that find session and user, and how often was committed."""

    statements: list[str]
    session: list[str]
    commits: int


def submission(seeded: city.Seeded, service: str) -> tuple[Counted, int]:
    """The submit action alone, and the rows it writes. Everything is rolled back."""
    who = seeded.filing
    answers, files = city.filled(service, who, city.store_photo(who))
    for attempt in range(3):  # what each process keeps is kept by then
        with transaction.atomic():
            before = _rows_written()  # what earlier transactions wrote may still be in the count
            with CaptureQueriesContext(connection) as captured:
                intake.submit_direct(
                    who.actor,
                    service=service,
                    region=city.DISTRICTS[0],
                    answers=answers,
                    key=f"counting-{service}-{attempt}",
                    files=files,
                    consent=True,
                )
            rows = _rows_written() - before
            transaction.set_rollback(True)
    return _counted(captured), rows


def _rows_written() -> int:
    """By the transaction under way, those of triggers included."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


def request(method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> Counted:
    """A whole request, answered by this process."""
    for _ in range(3):  # what the process keeps is kept by then
        client = Client(headers={**headers, "Idempotency-Key": uuid.uuid4().hex})
        with CaptureQueriesContext(connection) as captured:
            response = client.generic(method, path, body or b"", content_type="application/json")
        if response.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {response.status_code} {response.content[:500]!r}")
    return _counted(captured)


def _counted(captured: CaptureQueriesContext) -> Counted:
    texts = [query["sql"] for query in captured.captured_queries]
    named = [_name(text) for text in texts if not BRACKETS.match(text)]
    return Counted(
        statements=[name for name in named if not name.endswith(SESSION)],
        session=[name for name in named if name.endswith(SESSION)],
        commits=sum(text.startswith("COMMIT") for text in texts),
    )


def _name(text: str) -> str:
    """``insert casework_case``; of a statement with several parts, the first table it names."""
    verb = "with" if text.lstrip().lower().startswith("with") else text.split(maxsplit=1)[0].lower()
    table = _TABLE.search(text)
    return f"{verb} {table.group(1)}" if table else f"{verb} {text[:40]}"


def as_json(counted: Counted) -> dict[str, Any]:
    return json.loads(json.dumps({"statements": counted.statements, "session_and_user": counted.session}))  # type: ignore[no-any-return]
