"""CPU and memory of the server's and the database's processes, from /proc."""

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def wait_for_port(port: int, server: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    """Raises ``RuntimeError`` when the server ends or does not listen in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing listens on port {port}")


def _processes() -> dict[int, int]:
    """pid -> parent pid."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    return found


def parent_of(pid: int) -> int:
    return _processes()[pid]


def _tree(root: int) -> set[int]:
    parents = _processes()
    members = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in members} - members
        if not more:
            return members
        members |= more


@dataclass(frozen=True)
class Spent:
    """CPU time so far, user and system, in seconds."""

    application: float
    database: float


def cpu_seconds(server: int, postmaster: int) -> Spent:
    """Of the server's processes and of the database's, ended children included."""
    return Spent(_ticks(_tree(server)) / TICKS, _ticks(_tree(postmaster)) / TICKS)


def _ticks(pids: set[int]) -> int:
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total


def worker_pss_mb(server: int) -> float:
    """Proportional set size of the largest worker, in MB."""
    sizes = [0.0]
    for pid in _tree(server) - {server}:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        sizes += [int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith("Pss:")]
    return round(max(sizes), 1)
