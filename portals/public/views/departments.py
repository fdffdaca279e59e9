"""Departments: a secondary way in. Who they are, how to reach them, what they do, how well."""

import datetime as dt

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.identity.models import Organisation, OrganisationKind, Post, Unit
from egov.kernel import clock
from egov.kernel.errors import NotFound
from portals.public import figures, reading
from portals.public.views.catalogue import MODES


@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    """By level and district, each with its telephone."""
    rows = (
        Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, dissolved_on__isnull=True)
        .select_related("party__region")
        .order_by("party__region_id", "key")
    )
    groups: dict[str, list[Organisation]] = {}
    regions = {}
    for row in rows:
        code = row.party.region_id or ""
        groups.setdefault(code, []).append(row)
        regions[code] = row.party.region
    return render(
        request, "public/departments.html", {"groups": [(regions[code], found) for code, found in groups.items()]}
    )


@require_safe
def department(request: HttpRequest, key: str) -> HttpResponse:
    today = clock.today()
    in_office = Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    heads = Post.objects.filter(in_office, is_head=True).select_related("person__party")
    units = (
        Unit.objects.filter(closed_on__isnull=True).order_by("key").prefetch_related(Prefetch("posts", heads, "heads"))
    )
    found = (
        Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, key=key)
        .select_related("party__region", "parent")
        .prefetch_related(Prefetch("units", units, "open_units"))
        .first()
    )
    if found is None:
        raise NotFound
    return render(
        request,
        "public/department.html",
        {
            "department": found,
            "cards": reading.cards(_services_of(found, today)),
            "figures": figures.of_department(found.pk),
        },
    )


def _services_of(found: Organisation, today: dt.date) -> list[ServiceVersion]:
    """What the department is named for, service by service or for all services of its function."""
    rows = [row for row in catalogue.competence_rows() if row.department_id == found.pk and row.holds_on(today)]
    named = {row.service_id for row in rows if row.service_id is not None}
    roles = {row.department_role for row in rows if row.service_id is None}
    mine = Q(service_id__in=named) | Q(service__department_role__in=roles)
    return list(catalogue.services().filter(mine, service__mode__in=MODES))
