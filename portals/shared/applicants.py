"""Whom a service is for, and the capacities in which somebody begins it, as doors to where it begins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egov.catalogue.models import ServiceVersion
from egov.identity.models import PartyKind
from egov.identity.queries import Capacity
from egov.kernel.actor import APPLICANT_KINDS, CapacityKind
from egov.kernel.text import language_tag

AUDIENCES: dict[str, str | Promise] = {
    "person": _("Residents"),
    "enterprise": _("Enterprises"),
    "sole_trader": _("Sole traders"),
    "social_organisation": _("Social organisations"),
    "institution": _("Public institutions"),
    "department": _("Departments"),
    "staff": _("Civil servants"),
    "administrator": _("Insolvency administrators"),
    "other": _("Others"),
}
CAPACITIES: dict[CapacityKind, tuple[str | Promise, str]] = {
    CapacityKind.SELF: (_("For yourself"), "person"),
    CapacityKind.GUARDIAN: (_("For your child or ward, as guardian"), "people"),
    CapacityKind.REPRESENTATIVE: (_("For the organisation you represent"), "location_city"),
    CapacityKind.AGENT: (_("Under a mandate you accepted"), "contact_page"),
}


def audience_words(keys: Sequence[str]) -> str:
    separator = "、" if language_tag() == "zh-Hans" else ", "
    return separator.join(str(AUDIENCES.get(key, key)) for key in keys)


@dataclass(frozen=True)
class Door:
    title: str
    text: str | Promise
    url: str
    icon: str


def door_of(capacity: Capacity, url: str) -> Door:
    text, icon = CAPACITIES[capacity.kind]
    return Door(capacity.title, text, url, icon)


def doors_to(place: str, capacities: Iterable[Capacity]) -> list[Door]:
    """To ``place`` (below the address of a capacity), for those capacities in which something can be filed."""
    return [door_of(each, f"/as/{each.slug}/{place}") for each in capacities if each.kind in APPLICANT_KINDS]


def able_to_file(version: ServiceVersion, capacities: Iterable[Capacity]) -> list[Capacity]:
    """Those whose party the service is for."""
    return [each for each in capacities if each.kind in APPLICANT_KINDS and version.is_for(each.party_kind)]


def for_organisations(capacities: Iterable[Capacity]) -> list[Capacity]:
    return [each for each in capacities if each.party_kind == PartyKind.ORGANISATION]
