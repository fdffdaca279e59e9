"""Extension points: a registry of named, typed handlers, filled in ``AppConfig.ready()``."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from egov.kernel.errors import Text

T = TypeVar("T")

# Every registry of this process, in the order they were made; the console shows them.
registries: "list[Registry[Any]]" = []


class Registry(Generic[T]):
    """Handlers under stable keys. Registering a key twice is a programming error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._handlers: dict[str, T] = {}
        registries.append(self)

    def add(self, key: str, handler: T) -> T:
        if self._handlers.get(key, handler) is not handler:
            raise ValueError(f"{self.name}: {key!r} is registered twice")
        self._handlers[key] = handler
        return handler

    def register(self, key: str) -> Callable[[T], T]:
        """Decorator form of :meth:`add`."""
        return lambda handler: self.add(key, handler)

    def get(self, key: str) -> T:
        """The handler under ``key``. Raises ``LookupError`` naming the registry."""
        try:
            return self._handlers[key]
        except KeyError:
            raise LookupError(f"{self.name}: nothing is registered under {key!r}") from None

    def find(self, key: str) -> T | None:
        return self._handlers.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._handlers

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._handlers))

    def items(self) -> Iterator[tuple[str, T]]:
        return iter(sorted(self._handlers.items()))

    def values(self) -> Iterator[T]:
        """The handlers, in the order of their keys."""
        return (handler for _key, handler in self.items())


def complaints(handler: Any) -> list[Text]:
    """What the handler's ``check()`` says is wrong, in sentences; empty when it works or declares no check."""
    check = getattr(handler, "check", None)
    if check is None:
        return []
    found = check()
    if isinstance(found, str):
        return [found] if found else []
    return list(found)


def declares_check(handler: Any) -> bool:
    return callable(getattr(handler, "check", None))
