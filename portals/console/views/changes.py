"""What was changed lately, by whom."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from egov.catalogue.models import Competence, PublicService
from egov.deadlines.models import CalendarDay
from egov.identity.models import Organisation, Post, Unit
from egov.kernel import history
from egov.routing.models import Example, Synonym, Topic
from portals.console import acts, readable
from portals.console.access import ConsoleRequest, administrators
from portals.console.views.acting import crumbs

# Model, and the column of its earlier values that names the department; "" for what belongs to the platform.
TRACKED = (
    (Organisation, "pgh_obj_id"),
    (Unit, "department_id"),
    (Post, "unit__department"),
    (Competence, "department_id"),
    (PublicService, ""),
    (Synonym, ""),
    (Example, ""),
    (Topic, ""),
    (CalendarDay, ""),
)
SHOWN = 100


@require_GET
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    scope = request.scope
    found: list[history.Change] = []
    for model, column in TRACKED:
        only = {"kind": "department"} if model is Organisation else {}
        if scope.is_platform:
            found += history.recent_changes(model, limit=SHOWN, **only)
        elif column:
            found += history.recent_changes(model, limit=SHOWN, **only, **{f"{column}__in": scope.departments})
    found.sort(key=lambda change: change.at, reverse=True)
    changes = readable.newest([*readable.shown(found[:SHOWN]), *acts.of_all(request.actor)])
    context = {"changes": changes[:SHOWN], "crumbs": crumbs(request)}
    return render(request, "console/changes.html", context)
