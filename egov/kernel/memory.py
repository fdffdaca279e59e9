"""What every process may keep in memory because a cheap stamp tells when it changed.

Configuration and small tables (services, procedures, routing, calendars, regions) are read in every request and change
a few times a day. Each process keeps what it made of them, and asks the database for all stamps at once, one
statement, at most every few seconds.
"""

import functools
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, ClassVar, TypeVar

from django.db import connection, transaction

from egov.kernel import counters
from egov.kernel.models import Counter

T = TypeVar("T")

SECONDS = 2.0  # how old a kept value may be after another process changed something
PREFIX = "stamp:"


class Kept:
    """Values by key that hold until the stamp ``name`` moves.

    ``moved()`` inside the transaction of the change; from then on that thread sees its own change, the others see it
    after the commit. What changes with every request and is only costly to count is kept for ``seconds`` instead.
    """

    _all: ClassVar[list["Kept"]] = []

    def __init__(self, name: str, *, seconds: float | None = None) -> None:
        self.name = f"{PREFIX}{name}"
        self.seconds = seconds
        self._loading = threading.RLock()
        self._values: dict[Hashable, Any] = {}
        self._stamp: int | None = None
        self._since = float("-inf")
        self._own = threading.local()
        Kept._all.append(self)

    def get(self, key: Hashable, load: Callable[[], T]) -> T:
        """The kept value, or what ``load`` brings (once, whoever else asks meanwhile). What it raises is not kept."""
        values = self._current()
        try:
            value: T = values[key]
        except KeyError:
            with self._loading:
                value = values[key] if key in values else values.setdefault(key, load())
        return value

    def table(self, load: Callable[[], T]) -> Callable[[], T]:
        """Decorator of a function without arguments: what it returned is kept."""

        @functools.wraps(load)
        def kept() -> T:
            return self.get(load, load)

        return kept

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
        self._values, self._stamp, self._since = {}, None, float("-inf")
        self._own.__dict__.clear()
        _stamps.forget()

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
        if self.seconds is not None:
            if time.monotonic() - self._since > self.seconds:
                self._values, self._since = {}, time.monotonic()
        elif (stamp := _stamps.of(self.name)) != self._stamp:
            self._values, self._stamp = {}, stamp
        return self._values


class _Mark:
    """Stands in the list of what runs on commit: as long as it is there, the change is not yet everyone's."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept

    def __call__(self) -> None:
        self.kept.forget()


class _Stamps:
    """The stamps as the database had them, at most ``SECONDS`` ago."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._asked_at = float("-inf")

    def of(self, name: str) -> int:
        if time.monotonic() - self._asked_at > SECONDS:
            rows = Counter.objects.filter(key__startswith=PREFIX).values_list("key", "value")
            self._known, self._asked_at = dict(rows), time.monotonic()
        return self._known.get(name, 0)

    def forget(self) -> None:
        self._asked_at = float("-inf")


_stamps = _Stamps()
