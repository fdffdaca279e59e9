"""The overview: is everything set up, is anything stuck, what waits for me."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from egov.catalogue import queries as catalogue
from egov.documents import queries as documents
from egov.identity import queries as identity
from egov.journal import queries as journal
from egov.kernel import outbox, runs
from egov.law import queries as law
from egov.notices import queries as notices
from egov.routing import queries as routing
from portals.console import demonstration
from portals.console.access import ConsoleRequest, administrators
from portals.console.views.acting import url
from portals.shared.components import Figure


@require_GET
@administrators
def overview(request: ConsoleRequest, capacity: str) -> HttpResponse:
    scope = request.scope
    context = {
        "departments": identity.department_tree(scope) if not scope.is_platform else [],
        "units_without_posts": scope.narrow(identity.units_without_posts(), "department"),
        "drafts": catalogue.drafts_for(request.actor),
        "events": catalogue.event_drafts_for(request.actor),
        "tables": law.tables_in_work() if scope.is_platform else [],
        "expiring": documents.seals_expiring(scope.departments),
        "needs": routing.needs_to_learn(request.actor).count(),
    }
    if scope.is_platform:
        stages = list(demonstration.stages())
        laying = [stage for stage in stages if stage.done < stage.total]
        context |= {"figures": _figures(request), "stages": stages, "laying": laying}
    return render(request, "console/home.html", context)


def _figures(request: ConsoleRequest) -> list[Figure]:
    services, waiting = catalogue.numbers(), outbox.waiting()
    failing = sum(run.is_failing for run in runs.task_runs())
    listed = f"{url(request, 'services')}?depth=listed"
    system = url(request, "system")
    return [
        Figure(
            label=_("Services that can be filed here"),
            value=str(services.fileable),
            link=_("Show them"),
            link_url=f"{url(request, 'services')}?depth=fileable",
        ),
        Figure(
            label=_("Services that are listed only"),
            value=str(services.listed),
            link=_("Show them"),
            link_url=listed,
        ),
        Figure(label=_("Events waiting to be delivered"), value=str(waiting.pending)),
        Figure(label=_("Events given up"), value=str(waiting.dead), link=_("Look at them"), link_url=system),
        Figure(
            label=_("Messages given up"),
            value=str(notices.dead_letters().count()),
            link=_("Look at them"),
            link_url=system,
        ),
        Figure(label=_("Background tasks that failed"), value=str(failing), link=_("Look at them"), link_url=system),
        Figure(label=_("Journal entries not sealed yet"), value=str(journal.unsealed_count())),
    ]
