"""Small tables that every request needs (calendars, regions, services), kept in each process for a short time.

What is kept may be some seconds old after a change in another process; the process that changes it says ``forget``.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import transaction

T = TypeVar("T")

SECONDS = 30.0


class Kept(Generic[T]):
    """``kept()`` answers with what ``load`` returned, at most ``seconds`` ago."""

    _all: list["Kept[object]"] = []

    def __init__(self, load: Callable[[], T], *, seconds: float = SECONDS) -> None:
        self._load = load
        self._seconds = seconds
        self._lock = threading.Lock()
        self._value: tuple[float, T] | None = None
        Kept._all.append(self)  # type: ignore[arg-type]

    def __call__(self) -> T:
        held = self._value
        if held is not None and 0 <= time.monotonic() - held[0] < self._seconds:
            return held[1]
        with self._lock:
            held = self._value
            if held is None or not 0 <= time.monotonic() - held[0] < self._seconds:
                held = self._value = (time.monotonic(), self._load())
        return held[1]

    def forget(self) -> None:
        """Load anew at the next use; called in a transaction, also once it is committed."""
        self._value = None
        transaction.on_commit(self._drop)

    def _drop(self) -> None:
        self._value = None

    @classmethod
    def forget_all(cls) -> None:
        """For tests: nothing of an earlier database is left."""
        for each in cls._all:
            each._value = None
