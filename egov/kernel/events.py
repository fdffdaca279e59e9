"""The base of events and the table that finds a class by name and version."""

import dataclasses
from typing import Any, ClassVar

event_types: dict[tuple[str, int], type["Event"]] = {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """A fact that happened. Subclasses set ``name`` and ``version`` and hold only JSON values."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        key = (cls.name, cls.version)
        if key in event_types:
            raise TypeError(f"event {key} is declared twice")
        event_types[key] = cls

    def payload(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @staticmethod
    def load(name: str, version: int, payload: dict[str, Any]) -> "Event":
        """The event as it was emitted. Raises ``LookupError`` for an unknown name or version."""
        return event_types[(name, version)](**payload)
