"""The overview: is everything set up, is anything stuck."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from egov.catalogue import queries as catalogue
from egov.identity import queries as identity
from egov.journal import queries as journal
from egov.kernel import outbox
from portals.console import demonstration
from portals.console.access import administrators
from portals.shared.components import Figure


@administrators
def overview(request: HttpRequest, capacity: str) -> HttpResponse:
    services = catalogue.numbers()
    units_without_posts = identity.units_without_posts()
    waiting = outbox.waiting()
    figures = [
        Figure(label=_("Services that can be filed here"), value=str(services.fileable)),
        Figure(label=_("Services that are listed only"), value=str(services.listed)),
        Figure(label=_("Units without anybody"), value=str(len(units_without_posts))),
        Figure(label=_("Events waiting to be delivered"), value=str(waiting.pending)),
        Figure(label=_("Events given up"), value=str(waiting.dead)),
        Figure(label=_("Journal entries not sealed yet"), value=str(journal.unsealed_count())),
    ]
    return render(
        request,
        "console/home.html",
        {
            "figures": figures,
            "units_without_posts": units_without_posts,
            "stages": demonstration.stages(),
            "drafts": catalogue.drafts(),
        },
    )
