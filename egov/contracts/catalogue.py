"""Events of the catalogue."""

from dataclasses import dataclass
from typing import ClassVar

from egov.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CatalogueChanged(Event):
    """Services were published, retired, switched on or off, or life events changed. Empty lists: many at once."""

    name: ClassVar[str] = "catalogue_changed"
    services: list[str]
    events: list[str]
