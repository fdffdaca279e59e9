"""What every test stands on: no network, its own files and keys, an empty cache, a clock that can be stopped."""

import datetime as dt
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from egov.kernel import translations

WORKER_NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# Redis has 16 databases unless told otherwise; 0 is the demonstration's.
CACHE_DATABASE = 1 + WORKER_NUMBER % 15


def pytest_configure(config: pytest.Config) -> None:
    # The demonstration's collected files, if any, are not the ones under test.
    static = settings.RUN_DIR / "test" / "static"
    static.mkdir(parents=True, exist_ok=True)
    settings.STATIC_ROOT = static
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    base, _, _ = settings.REDIS_URL.partition("?")
    url = f"{base}?db={CACHE_DATABASE}" if base.startswith("unix:") else f"{base.rsplit('/', 1)[0]}/{CACHE_DATABASE}"
    settings.REDIS_URL = settings.CACHES["default"]["LOCATION"] = url
    if "PYTEST_XDIST_WORKER" not in os.environ:
        translations.compile_all()
    # Tests deliver the outbox themselves; a nudge goes nowhere.
    settings.CELERY_BROKER_URL = "memory://"


@pytest.fixture(autouse=True, scope="session")
def _own_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files, keys and mail of this run, away from the demonstration's."""
    place: Path = tmp_path_factory.mktemp("instance")
    settings.MEDIA_ROOT = place / "files"
    settings.EGOV_KEYS_DIR = place / "keys"
    settings.EMAIL_FILE_PATH = str(place / "mail")
    for folder in (settings.MEDIA_ROOT, settings.EGOV_KEYS_DIR):
        folder.mkdir(mode=0o700)
    yield
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """No test finds what another one left in the cache."""
    cache.clear()


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """No test goes on in the language that another one left active."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A test that talks to another machine fails instead of depending on it."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and isinstance(address, tuple) and not _is_here(str(address[0])):
            raise AssertionError(f"tests have no network; this one went to {address}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", only_here)
    yield
    patch.undo()


def _is_here(host: str) -> bool:
    named = os.environ.get("EGOV_TEST_HOSTS", "").split(",")
    return host in ("localhost", "::1", *named) or host.startswith("127.")


@pytest.fixture
def frozen(time_machine: object) -> Callable[..., dt.datetime]:
    """Stop the clock: ``frozen("2026-03-02 09:00")``, on the wall clock of the authority; returns the moment."""

    def stop(moment: str | dt.datetime) -> dt.datetime:
        if isinstance(moment, str):
            moment = dt.datetime.fromisoformat(moment)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
        time_machine.move_to(moment, tick=False)  # type: ignore[attr-defined]
        return moment

    return stop
