"""Every setting is listed for operators, and docker-compose sets only what exists."""

import ast
import re

import pytest
import yaml
from django.conf import settings

BASE = settings.BASE_DIR
# Read outside egov/settings, because it says where the settings are.
EARLY = {"EGOV_RUN_DIR", "EGOV_ENV_FILE"}
REQUIRED_IN_PRODUCTION = {
    "DATABASE_URL",
    "REDIS_URL",
    "EGOV_PUBLIC_URL",
    "EGOV_ALLOWED_HOSTS",
    "EGOV_SECRET_KEY",
    "EGOV_DATA_KEY",
    "EGOV_METRICS_TOKEN",
}


def settings_in_code():
    """Names in calls like ``env.text("NAME", …)``."""
    tree = ast.parse((BASE / "egov/settings/__init__.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
    }


def settings_in_document():
    rows = re.findall(r"^\| `([A-Z_0-9]+)` \|", (BASE / "docs/operator/settings.md").read_text(), re.MULTILINE)
    assert len(rows) == len(set(rows)), "a setting is listed twice"
    return set(rows)


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((BASE / "docker-compose.yml").read_text())


def test_the_list_for_operators_is_complete_and_has_nothing_else():
    assert settings_in_code() | EARLY == settings_in_document()


def test_the_environment_is_read_in_one_place():
    """A variable read elsewhere would be missing from the list."""
    allowed = {"egov/kernel/metrics.py"}  # asks for what the settings have set
    found = [
        str(path.relative_to(BASE))
        for folder in ("egov", "g2b", "g2c", "g2e", "g2g", "portals")
        for path in (BASE / folder).rglob("*.py")
        if "settings" not in path.parts and re.search(r"os\.getenv|os\.environ(?!\.setdefault)", path.read_text())
    ]
    assert set(found) <= allowed


def test_compose_sets_what_exists_and_all_that_production_needs(compose):
    environment = set(compose["x-egov"]["environment"])
    assert environment <= settings_in_code()
    assert environment >= REQUIRED_IN_PRODUCTION


@pytest.mark.parametrize("service", ["web", "worker", "bulk", "beat", "postgres", "redis", "proxy"])
def test_compose_has_every_part(compose, service):
    assert service in compose["services"]


def test_the_workers_of_compose_serve_every_queue_once(compose):
    from egov.kernel.outbox import QUEUES

    served = []
    for service in compose["services"].values():
        command = service.get("command", [])
        if "worker" in command:
            served += command[command.index("-Q") + 1].split(",")
    assert sorted(served) == sorted(QUEUES)


def test_one_beat_only(compose):
    beats = [name for name, service in compose["services"].items() if {"beat", "-B"} & set(service.get("command", []))]
    assert beats == ["beat"]


def test_secrets_have_no_default_in_compose(compose):
    environment = compose["x-egov"]["environment"]
    for name in ("EGOV_SECRET_KEY", "EGOV_DATA_KEY", "EGOV_METRICS_TOKEN", "DATABASE_URL"):
        assert ":?}" in environment[name]


def test_the_image_sets_what_exists():
    image = (BASE / "Dockerfile").read_text()
    assert set(re.findall(r"\b(EGOV_[A-Z_0-9]+)=", image)) <= settings_in_document()
