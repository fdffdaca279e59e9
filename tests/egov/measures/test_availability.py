"""A probe a minute from outside the web process, and ninety days of what it found."""

import datetime as dt
import json
import threading
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.measures import actions, queries, tasks
from egov.measures.models import Availability

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(monkeypatch):
    """A small site whose answer the test sets."""
    answer = {"status": 200, "body": {"status": "ready", "database": "ok", "redis": "ok"}}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer["path"] = self.path
            self.send_response(answer["status"])
            self.end_headers()
            self.wfile.write(json.dumps(answer["body"]).encode())

        def log_message(self, *_args):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(settings, "EGOV_PROBE_URL", f"http://127.0.0.1:{server.server_port}/")
    yield answer
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_answer_is_noted_with_its_time(site):
    assert tasks.probe() is True
    row = Availability.objects.get()
    assert (row.ok, row.failed_parts, row.at.second) == (True, "", 0)
    assert 0 <= row.milliseconds < 5000
    assert site["path"] == "/readyz"


def test_a_part_that_is_down_is_named_though_the_service_answers(site):
    site["body"]["redis"] = "down"
    row = actions.probe(SYSTEM)
    assert (row.ok, row.failed_parts) == (True, "redis")


def test_not_ready_is_not_available(site):
    site.update(status=503, body={"status": "not ready", "database": "down", "migrations": "down"})
    row = actions.probe(SYSTEM)
    assert (row.ok, row.failed_parts) == (False, "database, migrations")


@pytest.mark.parametrize("body", [["not", "parts"], "words", 5])
def test_any_body_is_taken(site, body):
    site["body"] = body
    assert actions.probe(SYSTEM).failed_parts == ""


def test_no_answer_is_noted_too(site, monkeypatch):
    monkeypatch.setattr(settings, "EGOV_PROBE_URL", "http://127.0.0.1:1")
    row = actions.probe(SYSTEM)
    assert (row.ok, row.milliseconds, row.failed_parts) == (False, None, "no answer")


def test_one_row_a_minute(site):
    actions.probe(SYSTEM)
    actions.probe(SYSTEM)
    assert Availability.objects.count() == 1


def test_only_the_web_is_probed():
    with pytest.raises(ValueError, match="not an address"):
        actions.ask("file:///etc/passwd")


def test_ninety_days_each_with_its_share(frozen, django_assert_num_queries):
    frozen("2026-03-10 12:00")
    minute = dt.timedelta(minutes=1)
    Availability.objects.bulk_create(
        [
            Availability(at=clock.now() - number * minute, ok=number % 4 != 0, milliseconds=10 + number)
            for number in range(8)
        ]
        + [Availability(at=clock.now() - dt.timedelta(days=100), ok=False)]
    )
    with django_assert_num_queries(1):
        days = queries.availability(90)
    assert (len(days), days[0].day, days[-1].day) == (90, dt.date(2025, 12, 11), dt.date(2026, 3, 10))
    assert (days[-1].probes, days[-1].answered, days[-1].share) == (8, 6, 0.75)
    assert days[-1].milliseconds == 14
    assert (days[0].probes, days[0].share, days[0].milliseconds) == (0, None, None)
    actions.compute(SYSTEM, day=clock.today(), keys=["measures.availability"])
    assert queries.latest("measures.availability").value == Decimal("0.75")
    assert queries.last_probe().at == clock.now()


def test_without_a_probe_there_is_no_figure():
    actions.compute(SYSTEM, day=clock.today(), keys=["measures.availability"])
    assert queries.latest("measures.availability") is None
    assert queries.last_probe() is None
