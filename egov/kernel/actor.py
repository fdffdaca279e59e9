"""``Actor``: who acts, in which capacity, on whose behalf. The first argument of every action."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from egov.kernel.errors import NotPermitted


class CapacityKind(StrEnum):
    """In which capacity a person acts. The capacity is in the URL and on every record."""

    ANONYMOUS = "anonymous"
    SELF = "self"  # a natural person for themselves
    GUARDIAN = "guardian"  # a parent or guardian, by law
    AGENT = "agent"  # under a mandate, for a person or an organisation
    REPRESENTATIVE = "representative"  # the legal representative of an organisation
    POST = "post"  # a civil servant on a dated post in a unit
    MACHINE = "machine"  # an authorised client program
    SYSTEM = "system"  # the platform itself


def _there(number: int | None) -> int:
    if number is None:
        raise NotPermitted
    return number


@dataclass(frozen=True)
class Actor:
    """Account, person, capacity and the party on whose behalf the act is done.

    ``capacity`` is the slug that stands in the URL (``self``, ``o-<party>``, ``g-<party>``, ``m-<mandate>``, ``p-<post>``).
    ``party_id`` is the human (or machine's owner); ``on_behalf_of_id`` is the party whose matter it is (equal for SELF).
    """

    kind: CapacityKind
    capacity: str = ""
    account_id: int | None = None
    party_id: int | None = None
    on_behalf_of_id: int | None = None
    assurance: int = 0  # level of verified identity: 0 none, 1 phone, 2 real name, 3 real name with second factor
    mandate_id: int | None = None
    mandate_services: frozenset[str] | None = None  # None: all services
    post_id: int | None = None
    unit_id: int | None = None
    department_id: int | None = None
    region_code: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    request_id: str = ""

    @property
    def is_staff(self) -> bool:
        return self.kind is CapacityKind.POST

    @property
    def is_system(self) -> bool:
        return self.kind is CapacityKind.SYSTEM

    @property
    def is_applicant(self) -> bool:
        """Whether a matter can be theirs. A post stands for a party only while it files (``intake.queries.filing_as``)."""
        return self.on_behalf_of_id is not None and (self.kind in APPLICANT_KINDS or self.is_staff)

    @property
    def applicant_id(self) -> int:
        """The party whose matter it is. Raises ``NotPermitted`` for whoever stands for none."""
        return _there(self.on_behalf_of_id)

    @property
    def person_id(self) -> int:
        """The human who acts, or who owns the program. Raises ``NotPermitted`` when that is nobody."""
        return _there(self.party_id)

    @property
    def own_department_id(self) -> int:
        """The department of the post that acts. Raises ``NotPermitted`` for whoever holds none."""
        return _there(self.department_id)

    @property
    def own_unit_id(self) -> int:
        """The unit of the post that acts. Raises ``NotPermitted`` for whoever holds none."""
        return _there(self.unit_id)

    @property
    def own_post_id(self) -> int:
        """The post that acts. Raises ``NotPermitted`` for whoever holds none."""
        return _there(self.post_id)

    def covers(self, service: str) -> bool:
        """Whether the actor may act in this service, by its code: a mandate may be for some services only."""
        return self.mandate_services is None or service in self.mandate_services

    def in_all_services(self) -> Self:
        """The same without the limits of a mandate: for what the house reckons with, never for what it shows."""
        return replace(self, mandate_services=None)

    def has_role(self, role: str) -> bool:
        return role in self.roles

    def with_request(self, request_id: str) -> Self:
        return replace(self, request_id=request_id)


APPLICANT_KINDS = frozenset(
    {
        CapacityKind.SELF,
        CapacityKind.GUARDIAN,
        CapacityKind.AGENT,
        CapacityKind.REPRESENTATIVE,
        CapacityKind.MACHINE,
    }
)

ANONYMOUS = Actor(kind=CapacityKind.ANONYMOUS, capacity="anonymous")
SYSTEM = Actor(kind=CapacityKind.SYSTEM, capacity="system")
