"""What surrounds every request: id, address, headers, log line, figures."""

import json

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from prometheus_client.registry import REGISTRY

from egov.kernel.logs import configure
from egov.kernel.requests import RequestMiddleware


def pass_through(*, proxies=0, headers=None, answer=None):
    """One request through the middleware; (request, response, what the view saw in the log's context)."""
    seen = {}

    def view(_request):
        seen.update(structlog.contextvars.get_contextvars())
        return answer or HttpResponse("fine")

    request = RequestFactory().get("/somewhere?name=secret", headers=headers or {}, REMOTE_ADDR="10.0.0.9")
    with override_settings(EGOV_TRUSTED_PROXIES=proxies):
        response = RequestMiddleware(view)(request)
    return request, response, seen


def test_a_request_gets_an_id_that_log_and_answer_carry():
    request, response, seen = pass_through()
    assert len(request.request_id) == 32
    assert response["X-Request-ID"] == request.request_id == seen["request_id"]
    assert structlog.contextvars.get_contextvars() == {}


def test_the_callers_id_is_kept():
    request, response, _ = pass_through(headers={"X-Request-ID": "gateway-0001"})
    assert request.request_id == response["X-Request-ID"] == "gateway-0001"


@pytest.mark.parametrize("bad", ["short", "x" * 65, "with space in it", "line\nbreak-aaaa", "工单工单工单工单"])
def test_an_id_that_is_none_is_replaced(bad):
    request, _, _ = pass_through(headers={"X-Request-ID": bad})
    assert request.request_id != bad
    assert len(request.request_id) == 32


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "10.0.0.9"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.1.1.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_only_what_our_own_proxies_saw_is_believed(proxies, forwarded, address):
    request, _, _ = pass_through(proxies=proxies, headers={"X-Forwarded-For": forwarded})
    assert request.META["REMOTE_ADDR"] == address


def test_every_answer_carries_the_security_headers(client, db):
    response = client.get("/account/login/")
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "camera=(self)" in response["Permissions-Policy"]
    assert "geolocation=()" in response["Permissions-Policy"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_request_is_counted_under_its_view_and_unknown_addresses_under_one_name(client, db):
    def count(view, status):
        labels = {"method": "GET", "view": view, "status": str(status)}
        return REGISTRY.get_sample_value("egov_requests_total", labels) or 0

    before = count("account_login", 200), count("none", 404)
    client.get("/account/login/")
    client.get("/no/such/page/a")
    client.get("/no/such/page/b")
    assert (count("account_login", 200), count("none", 404)) == (before[0] + 1, before[1] + 2)


def test_the_log_is_one_json_object_a_line_and_says_nothing_of_the_query(capsys):
    import logging.config

    earlier = structlog.get_config()
    try:
        logging.config.dictConfig(configure(level="INFO", style="json"))
        pass_through(headers={"X-Request-ID": "gateway-0001"})
        logging.getLogger("some.library").warning("from %s", "elsewhere")  # noqa: TID251
    finally:
        structlog.configure(**earlier)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["request", "from elsewhere"]
    assert lines[0]["request_id"] == "gateway-0001"
    assert (lines[0]["status"], lines[0]["path"], lines[0]["level"]) == (200, "/somewhere", "info")
    assert "secret" not in json.dumps(lines)
