"""Whole instances for long tests: a database, a queue and processes of their own, which may be killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from tests.plugins import database

BASE: Path = settings.BASE_DIR
sys.path.insert(0, str(BASE / "bin"))
import _embedded as embedded  # noqa: E402

PYTHON = sys.executable
# What any service manager does.
AGAIN = ["sh", "-c", 'while true; do "$@"; sleep 1; done', "supervisor"]


class Instance:
    """A folder like ``.run``, with a database on the tests' server, a Redis, and the processes started in it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.place.mkdir(parents=True, mode=0o755)
        self.database = f"egov_test_{database.RUN_ID}_{uuid.uuid4().hex[:8]}"
        self.redis = embedded.Redis(place)
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *, empty: bool = False, here: bool = False) -> "Instance":
        """With all tables; with an empty database; or ``here``, in the database of the test itself (transactional)."""
        if here:
            self.database = connection.settings_dict["NAME"]
        else:
            with database.server() as cursor:
                cursor.execute(f'create database "{self.database}"' if empty else self._clone())
        self.redis.ensure()
        conf = connection.settings_dict
        login = f"{conf['USER']}:{quote(conf['PASSWORD'])}@" if conf["PASSWORD"] else f"{conf['USER']}@"
        port = f":{conf['PORT']}" if conf["PORT"] else ""
        url = f"postgres://{login}{quote(conf['HOST'], safe='')}{port}/{self.database}"
        secrets = {"EGOV_SECRET_KEY": settings.SECRET_KEY, "EGOV_DATA_KEY": settings.EGOV_DATA_KEY} if here else {}
        embedded.ensure_env(self.place / "env", {"DATABASE_URL": url, "REDIS_URL": self.redis.url(), **secrets})
        return self

    def _clone(self) -> str:
        return f'create database "{self.database}" template "{database.ensure_template()}" strategy file_copy'

    @property
    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("EGOV_", "DATABASE_URL", "REDIS_URL"))}
        return {
            **inherited,
            "EGOV_RUN_DIR": str(self.place),
            "EGOV_ENV_FILE": str(self.place / "env"),
            "DJANGO_SETTINGS_MODULE": "egov.settings",
            "EGOV_LOG_LEVEL": "INFO",
            "PYTHONPATH": str(BASE),
        }

    def run(self, command: list[str], **options: Any) -> "subprocess.CompletedProcess[str]":
        """A command that must end well; what it printed is in the failure otherwise."""
        merged = {"text": True, "capture_output": True, **options}
        done = subprocess.run(command, cwd=BASE, env=self.environment, check=False, timeout=180, **merged)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done

    def manage(self, *arguments: str) -> str:
        return self.run([PYTHON, "manage.py", *arguments]).stdout

    def python(self, code: str) -> str:
        """Run ``code`` with Django set up in this instance; what it prints."""
        return self.run([PYTHON, "-c", f"import django\ndjango.setup()\n{code}"]).stdout.strip()

    def sql(self, query: str) -> list[Any]:
        """Rows; of one column, its values."""
        with database.server(self.database) as cursor:
            cursor.execute(query)
            rows = cursor.fetchall() if cursor.description else []
        return [row[0] if len(row) == 1 else row for row in rows]

    def spawn(self, command: list[str], **extra: str) -> "subprocess.Popen[bytes]":
        """Start a process in a group of its own; its output goes to ``<place>/log``."""
        with (self.place / "log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=BASE,
                env={**self.environment, **extra},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def worker(
        self, *, app: str = "egov", queues: str = "urgent,ordinary,bulk", supervised: bool = False, **extra: str
    ) -> Any:
        """A worker with beat; ``supervised`` starts it again when it ends, as any service manager does."""
        command = [
            *(AGAIN if supervised else []),
            PYTHON,
            "-m",
            "celery",
            "-A",
            app,
            "worker",
            "--without-mingle",
            "--without-gossip",
        ]
        return self.spawn(
            [*command, "-Q", queues, "-c", "2", "-B", "-l", "INFO", "-n", f"{uuid.uuid4().hex}@t"], **extra
        )

    def web(self, port: int, *, target: str = "", supervised: bool = False, **extra: str) -> Any:
        """The house's web server, or one for another WSGI application."""
        serve = ["egov.serve"] if not target else ["granian", "--interface", "wsgi", target]
        process = self.spawn(
            [
                *(AGAIN if supervised else []),
                *(PYTHON, "-m", *serve, "--port", str(port)),
                *("--workers", "2", "--blocking-threads", "4", "--no-access-log"),
                *("--workers-kill-timeout", "20", "--respawn-failed-workers"),
            ],
            **extra,
        )
        until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), seconds=60, what="the web server")
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """SIGKILL to the process and all its children, as a machine that loses its power would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
        self.processes.remove(process)

    @property
    def log(self) -> str:
        return (self.place / "log").read_text(errors="replace")

    def end(self) -> None:
        embedded.terminate([process.pid for process in self.processes], seconds=30)
        for process in self.processes:
            process.wait(10)
        self.redis.stop()
        if self.database != connection.settings_dict["NAME"]:
            with database.server() as cursor:
                cursor.execute(f'drop database if exists "{self.database}" with (force)')
        shutil.rmtree(self.place, ignore_errors=True)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except OSError:
        return False


def until(condition: Callable[[], Any], *, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.1)


@pytest.fixture
def make_instance(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], Instance]]:
    made: list[Instance] = []

    def make() -> Instance:
        # Beside the other test files, not in /tmp: the database's user must be able to reach it.
        made.append(Instance(BASE / ".run" / "test" / f"instance-{uuid.uuid4().hex[:8]}"))
        return made[-1]

    with django_db_blocker.unblock():
        yield make
        for instance in made:
            instance.end()


@pytest.fixture
def instance(make_instance: Callable[[], Instance]) -> Instance:
    """One migrated instance without processes."""
    return make_instance().start()
