"""With an https address everything that needs it is on; time-outs hold on every connection."""

import json
import subprocess

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection

from egov.kernel import checks

NAMES = [
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "SECURE_PROXY_SSL_HEADER",
    "DEBUG",
    "EMAIL_TIMEOUT",
    "SESSION_ENGINE",
    "AXES_HANDLER",
]
CODE = f"import json, django; django.setup(); from django.conf import settings as s; print(json.dumps({{n: getattr(s, n) for n in {NAMES}}}))"


@pytest.fixture(scope="module")
def production():
    command = [".ci/production", "env", "DJANGO_SETTINGS_MODULE=egov.settings", ".venv/bin/python", "-c", CODE]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_behind_https_nothing_travels_in_the_open(production):
    assert production["SECURE_SSL_REDIRECT"] is True
    assert production["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert production["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert production["SECURE_HSTS_PRELOAD"] is True
    assert production["SESSION_COOKIE_SECURE"] is production["CSRF_COOKIE_SECURE"] is True
    assert production["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert production["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert production["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(production):
    assert production["SESSION_COOKIE_HTTPONLY"] is True
    assert production["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert production["DEBUG"] is False


def test_what_must_hold_without_redis_is_in_the_database(production):
    assert production["SESSION_ENGINE"] == "egov.identity.sessions"
    assert production["AXES_HANDLER"] == "axes.handlers.database.AxesDatabaseHandler"


def test_mail_does_not_wait_for_ever(production):
    assert 0 < production["EMAIL_TIMEOUT"] <= 30


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [("statement_timeout", "30s"), ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "1min")],
)
def test_the_database_ends_what_takes_too_long(name, value):
    with connection.cursor() as cursor:
        cursor.execute(f"show {name}")
        assert cursor.fetchone() == (value,)


def test_the_driver_is_psycopg2():
    """A package that brings psycopg 3 would change it silently: Django prefers that one."""
    assert connection.Database.__name__ == "psycopg2"
    assert checks.check_driver() == []


def test_the_broker_and_the_cache_are_given_up_soon():
    assert settings.REDIS_TIMEOUTS["socket_connect_timeout"] <= 1
    assert settings.REDIS_TIMEOUTS["socket_timeout"] <= 1
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert options["socket_connect_timeout"] <= 1
    assert options["socket_timeout"] <= 5


def test_a_production_instance_without_secrets_is_told_so(settings, monkeypatch):
    monkeypatch.setattr(settings.ENV, "given", lambda name: name == "EGOV_SECRET_KEY")
    settings.PUBLIC_URL = "http://localhost:8000"
    found = {message.id for message in run_checks(tags=["security"], include_deployment_checks=True)}
    assert {"egov.E001", "egov.E002"} <= found
    assert [m.msg for m in checks.check_secrets()] == ["EGOV_DATA_KEY is not set.", "EGOV_METRICS_TOKEN is not set."]
