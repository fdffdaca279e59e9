"""Test databases: migrated once into a template, cloned for each worker, cloned anew after a test that commits.

The template is kept between runs under a name that contains a digest of all migrations. Cloning takes a tenth of
a second, so tests with real commits (``django_db(transaction=True)``) leave nothing behind, whatever triggers say.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase

from egov.kernel import references

RUN_ID = os.environ.setdefault("EGOV_TEST_RUN", str(os.getpid()))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATABASE = f"egov_test_{RUN_ID}_{WORKER}"
TEMPLATE_LOCK = 5_302_001


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    original = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        template = ensure_template()
        clone(template)
        use(DATABASE)
        TransactionTestCase._fixture_teardown = lambda _self: start_afresh(template)
    yield
    with django_db_blocker.unblock():
        for each in connections.all():
            each.close()
        with server() as cursor:
            cursor.execute(f'drop database if exists "{DATABASE}" with (force)')
        use(original)


def start_afresh(template: str) -> None:
    for each in connections.all():
        each.close()
    clone(template)
    references.forget_block()  # the sequence starts again


def clone(template: str, name: str = DATABASE) -> None:
    with server() as cursor:
        # Shared: clones may run side by side, but not while a template is being built or dropped.
        cursor.execute("select pg_advisory_lock_shared(%s)", [TEMPLATE_LOCK])
        cursor.execute(f'drop database if exists "{name}" with (force)')
        cursor.execute(f'create database "{name}" template "{template}" strategy file_copy')


def use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextmanager
def server(name: str = "postgres") -> Iterator["psycopg2.extensions.cursor"]:
    """A cursor on another database of the server, outside any transaction."""
    conf = connection.settings_dict
    own = psycopg2.connect(
        host=conf["HOST"] or None,
        port=conf["PORT"] or None,
        user=conf["USER"],
        password=conf["PASSWORD"] or None,
        dbname=name,
    )
    own.autocommit = True
    try:
        with own.cursor() as cursor:
            yield cursor
    finally:
        own.close()


def ensure_template() -> str:
    """The name of the migrated template; builds it when the migrations changed."""
    name = f"egov_template_{digest_of_schema()}"
    with server() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        cursor.execute("select datname from pg_database where datname like 'egov\\_t%'")
        present = {row[0] for row in cursor.fetchall()}
        if name in present:
            return name
        for stale in present:
            if stale.startswith("egov_template_") or not _running(stale):
                cursor.execute(f'drop database if exists "{stale}" with (force)')
        building = f"{name}_building"
        cursor.execute(f'create database "{building}"')
        use(building)
        call_command("migrate", verbosity=0, interactive=False)
        use("postgres")
        cursor.execute(f'alter database "{building}" rename to "{name}"')
    return name


def _running(database: str) -> bool:
    """Whether the run that made this test database still goes on."""
    parts = database.split("_")
    try:
        os.kill(int(parts[2]), 0)
    except (IndexError, ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def digest_of_schema() -> str:
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for config in sorted(apps.get_app_configs(), key=lambda each: each.label):
        digest.update(config.label.encode())
        folder = Path(config.path)
        if settings.BASE_DIR not in folder.parents or ".venv" in folder.parts:
            continue
        for source in sorted((folder / "migrations").glob("*.py")):
            digest.update(source.read_bytes())
    digest.update((settings.BASE_DIR / "egov/kernel/partitions.py").read_bytes())
    return digest.hexdigest()[:12]
