"""What every process may keep in memory because a cheap stamp tells when it changed.

Published configuration (services, procedures, tables, routing) is read in every request and changes a few times a
day. Each process keeps it, and asks the database for the stamp, one indexed row, at most every few seconds.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, ClassVar, TypeVar

from django.db import connection, transaction

from egov.kernel import counters
from egov.kernel.models import Counter

T = TypeVar("T")

SECONDS = 2.0  # how old a kept value may be after another process published


class Stamped:
    """Values by key that hold until the stamp ``name`` moves.

    ``moved()`` inside the transaction that changes the configuration; from then on that thread sees its own change,
    the others see it after the commit.
    """

    _all: ClassVar[list["Stamped"]] = []

    def __init__(self, name: str) -> None:
        self.name = f"stamp:{name}"
        Stamped._all.append(self)
        self._lock = threading.Lock()
        self._values: dict[Hashable, Any] = {}
        self._stamp: int | None = None
        self._asked_at = float("-inf")
        self._own = threading.local()

    def get(self, key: Hashable, load: Callable[[], T]) -> T:
        """The kept value, or what ``load`` brings. What ``load`` raises is not kept."""
        values = self._current()
        try:
            value: T = values[key]
        except KeyError:
            value = values[key] = load()
        return value

    def put(self, key: Hashable, value: T) -> T:
        """Keep a value that was read on another way."""
        self._current()[key] = value
        return value

    def peek(self, key: Hashable) -> Any:
        """The kept value, or None; loads nothing."""
        return self._current().get(key)

    def moved(self) -> None:
        """Tell all processes. Must run inside the transaction of the change."""
        counters.next_value(self.name)
        mark = _Mark(self)
        self._own.mark, self._own.values = mark, {}
        transaction.on_commit(mark)

    def forget(self) -> None:
        """Drop what this process keeps; the next read asks the database."""
        with self._lock:
            self._values, self._stamp, self._asked_at = {}, None, float("-inf")
        self._own.__dict__.clear()

    @classmethod
    def forget_all(cls) -> None:
        """For tests: nothing of an earlier database is left."""
        for each in cls._all:
            each.forget()

    def _current(self) -> dict[Hashable, Any]:
        mark = getattr(self._own, "mark", None)
        if mark is not None:
            if any(entry[1] is mark for entry in connection.run_on_commit):
                own: dict[Hashable, Any] = self._own.values
                return own
            self._own.__dict__.clear()  # committed or rolled back
        if time.monotonic() - self._asked_at > SECONDS:
            stamp = Counter.objects.filter(key=self.name).values_list("value", flat=True).first() or 0
            with self._lock:
                if stamp != self._stamp:
                    self._values = {}
                self._stamp, self._asked_at = stamp, time.monotonic()
        return self._values


class _Mark:
    """Stands in the list of what runs on commit: as long as it is there, the change is not yet everyone's."""

    def __init__(self, kept: Stamped) -> None:
        self.kept = kept

    def __call__(self) -> None:
        self.kept.forget()
