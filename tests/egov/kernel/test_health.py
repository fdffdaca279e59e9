"""Balancers and monitoring get true answers, also when parts are down."""

import pytest
from django.db import OperationalError, transaction

from egov.contracts.cases import CaseOpened
from egov.kernel import health, outbox

OPENED = CaseOpened(case="JZ-1", matter="JZ-2", service="CL02", department_id=1, applicant_id=1)


@pytest.fixture(autouse=True)
def _forget_readiness(monkeypatch):
    monkeypatch.setattr(health, "_migrated", set())


def test_alive_needs_nothing_but_the_process(client, settings):
    settings.ALLOWED_HOSTS = []
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/healthz", headers={"host": "10.1.2.3"})
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_all_parts_answer(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "ok", "migrations": "ok", "redis": "ok"}


@pytest.mark.django_db
def test_readiness_is_cheap_after_the_first_time(client, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.django_db
def test_without_redis_requests_still_come_here(client, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    response = client.get("/readyz")
    assert response.status_code == 200
    assert (response.json()["status"], response.json()["redis"]) == ("degraded", "down")


def test_without_the_database_they_do_not(client, monkeypatch):
    def gone():
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "_database", gone)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert (response.json()["status"], response.json()["database"]) == ("not ready", "down")


@pytest.mark.django_db
def test_with_a_migration_missing_they_do_not(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_args: [("kernel", "0002")])
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "down")


@pytest.mark.django_db
@pytest.mark.parametrize("given", [None, "Bearer wrong", "Bearer ", "right"])
def test_figures_are_for_whoever_brings_the_token(client, settings, given):
    settings.EGOV_METRICS_TOKEN = "right-token"
    response = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert response.status_code == 401


@pytest.mark.django_db
def test_without_a_token_set_there_are_no_figures(client, settings):
    settings.EGOV_METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401


@pytest.mark.django_db
def test_the_figures_say_what_waits_in_the_outbox(client, settings):
    settings.EGOV_METRICS_TOKEN = "right-token"
    with transaction.atomic():
        outbox.emit(OPENED, OPENED, queue="urgent")
    client.get("/no/such/page")
    response = client.get("/metrics", headers={"Authorization": "Bearer right-token"})
    text = response.content.decode()
    assert response.status_code == 200
    assert 'egov_outbox_pending{queue="urgent"} 2.0' in text
    assert 'egov_outbox_dead{queue="urgent"} 0.0' in text
    assert "egov_request_seconds_bucket" in text
