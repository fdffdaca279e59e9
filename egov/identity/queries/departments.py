"""Departments, their units, and who holds which post."""

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Organisation, OrganisationKind, Post, Unit
from egov.identity.queries.current import current
from egov.identity.queries.regions import kept, region_chain
from egov.kernel.errors import NotFound


def department(key: str) -> Organisation:
    """The department of that key, with its party. Raises ``NotFound``."""
    found = Organisation.objects.select_related("party").filter(key=key).first()
    if found is None:
        raise NotFound(_("There is no such department."))
    return found


def departments(region_code: str | None = None) -> QuerySet[Organisation]:
    """Departments that exist (of one region), in the order of their keys."""
    found = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, dissolved_on__isnull=True)
    if region_code is not None:
        found = found.filter(party__region_id=region_code)
    return found.select_related("party").order_by("key")


def unit(key: str) -> Unit:
    """The unit of that key, with its department. Raises ``NotFound``."""
    found = Unit.objects.select_related("department").filter(key=key).first()
    if found is None:
        raise NotFound(_("There is no such unit."))
    return found


def open_units(region_codes: Collection[str]) -> list[Unit]:
    """Open units of the departments of these regions, with their department, by key; kept in the process."""
    return [each for each in _open_units() if each.department.party.region_id in region_codes]


@kept.table
def _open_units() -> list[Unit]:
    rows = Unit.objects.filter(closed_on__isnull=True)
    return list(rows.select_related("department__party").order_by("key"))


def service_hall(region_code: str) -> Unit | None:
    """The hall that takes what nobody else is competent for: the region's own, else that of a region above."""
    chain = region_chain(region_code)
    halls = Unit.objects.filter(is_service_hall=True, closed_on__isnull=True, region_id__in=chain)
    nearest = sorted(
        halls.select_related("department").order_by("id"), key=lambda hall: chain.index(hall.region_id or "")
    )
    return nearest[0] if nearest else None


def heir_of(closed: Unit, *, named: int | None = None) -> Unit:
    """Who takes what lay in a closed unit: the unit that was ``named``, another one of its department, else the service
    hall of its region or one above. Raises ``NotFound`` only when there is no service hall at all.
    """
    open_ones = Unit.objects.filter(closed_on__isnull=True).select_related("department")
    colleagues = open_ones.filter(department_id=closed.department_id).order_by("pk")
    found = (
        open_ones.filter(pk=named or 0).first()
        or colleagues.filter(pk=closed.parent_id or 0).first()
        or colleagues.first()
        or service_hall(closed.region_id or closed.department.party.region_id or "")
        or open_ones.filter(is_service_hall=True).order_by("pk").first()
    )
    if found is None:
        raise NotFound(code="no_service_hall")
    return found


def posts_in(unit_id: int, on: dt.date | None = None, role: str | None = None) -> QuerySet[Post]:
    """Posts held in the unit on that day (today), with their people; only those with ``role``, if given."""
    posts = Post.objects.filter(current(on), unit_id=unit_id)
    if role is not None:
        posts = posts.filter(roles__name=role)
    return posts.select_related("person__party").order_by("-is_head", "id")


def head_posts(department_id: int, on: dt.date | None = None) -> QuerySet[Post]:
    """Posts of those who head the department itself (role ``department_head``), held today."""
    posts = Post.objects.filter(current(on), unit__department_id=department_id, roles__name="department_head")
    return posts.select_related("person__party", "unit").order_by("-is_head", "id")
