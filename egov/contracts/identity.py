"""Events of people, organisations and posts."""

from dataclasses import dataclass
from typing import ClassVar

from egov.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganisationRegistered(Event):
    name: ClassVar[str] = "organisation_registered"
    party_id: int
    kind: str
    region: str


@dataclass(frozen=True, kw_only=True)
class OrganisationDissolved(Event):
    name: ClassVar[str] = "organisation_dissolved"
    party_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class PersonDied(Event):
    name: ClassVar[str] = "person_died"
    party_id: int


@dataclass(frozen=True, kw_only=True)
class PostEnded(Event):
    """Somebody leaves a post after ``last_day``; then the work they hold goes back to the unit."""

    name: ClassVar[str] = "post_ended"
    post_id: int
    person_id: int
    unit_id: int
    last_day: str


@dataclass(frozen=True, kw_only=True)
class UnitClosed(Event):
    """Work that lies in the unit goes to ``successor_id``, or to the department when there is none. Told twice: at once,
    and when every process knows that the unit is closed and sends nothing there any more."""

    name: ClassVar[str] = "unit_closed"
    unit_id: int
    department_id: int
    successor_id: int | None
