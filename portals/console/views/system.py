"""Is the house well: extension points with what their checks say, background tasks, what was given up."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from egov.identity import actions
from egov.kernel import outbox, registries, runs
from egov.kernel.errors import Text
from egov.kernel.text import whole_number
from egov.notices import actions as notice_actions
from egov.notices import queries as notices
from portals.console.access import ConsoleRequest, platform_administrators
from portals.console.views.acting import crumbs, posted, url
from portals.shared.components import Badge, Tone

SHOWN = 100
# Names of the registries, as people call what is plugged in there.
NAMES: dict[str, Text] = {
    "case effects": gettext_lazy("Effects of decisions"),
    "effects of the past": gettext_lazy("Effects of the demonstration's past decisions"),
    "formulas of law": gettext_lazy("Formulas of law"),
    "identity providers": gettext_lazy("Identity providers"),
    "keys of case effects": gettext_lazy("Effects that versions may name"),
    "measures": gettext_lazy("Measures"),
    "missed clocks": gettext_lazy("Rooms told of missed deadlines"),
    "moved clocks": gettext_lazy("Rooms told of moved deadlines"),
    "notice channels": gettext_lazy("Notice channels"),
    "opinion procedures": gettext_lazy("Ways of asking another department"),
    "payment gateways": gettext_lazy("Payment gateways"),
    "register handlers": gettext_lazy("Registers that are read"),
    "rows of certificates": gettext_lazy("Writers of certificates"),
    "seal providers": gettext_lazy("Seal providers"),
    "subjects": gettext_lazy("Kinds of things"),
    "time-stamp authorities": gettext_lazy("Time-stamp authorities"),
    "work subjects": gettext_lazy("Kinds of work"),
    "configuration sections": gettext_lazy("Sections of the configuration"),
}


@dataclass(frozen=True)
class Handler:
    """``complaints`` is empty when all is well; ``checked`` False when the handler declares no check."""

    key: str
    checked: bool
    complaints: list[Text]

    @property
    def badge(self) -> Badge:
        if self.complaints:
            return Badge(_("not ready"), Tone.RISK)
        return Badge(_("ready"), Tone.OK) if self.checked else Badge(_("nothing to check"), Tone.PLAIN)


@require_GET
@platform_administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    events = outbox.given_up(limit=SHOWN)
    deliveries = list(notices.dead_letters()[:SHOWN])
    context = {
        "registries": [
            (NAMES.get(each.name, each.name), _handlers(each))
            for each in sorted(registries.registries, key=lambda each: each.name)
        ],
        "runs": runs.task_runs(),
        "waiting": outbox.waiting(),
        "events": events,
        "deliveries": deliveries,
        "crumbs": crumbs(request),
    }
    return render(request, "console/system.html", context)


@require_POST
@platform_administrators
def retry_events(request: ConsoleRequest, capacity: str) -> HttpResponse:
    """Those that were ticked, or all that were given up."""
    numbers = map(whole_number, request.POST.getlist("event"))
    chosen = [number for number in numbers if number is not None]
    return posted(
        request,
        act=lambda: actions.retry_events(request.actor, ids=chosen),
        done=lambda count: _("%(count)d events are delivered again.") % {"count": count},
        back=url(request, "system"),
    )


@require_POST
@platform_administrators
def retry_delivery(request: ConsoleRequest, capacity: str, pk: int) -> HttpResponse:
    return posted(
        request,
        act=lambda: notice_actions.retry_dead(request.actor, delivery_id=pk),
        done=_("The message is sent again."),
        back=url(request, "system"),
    )


def _handlers(registry: registries.Registry[Any]) -> list[Handler]:
    """A check that fails is itself the finding."""
    found = []
    for key, handler in registry.items():
        try:
            complaints = registries.complaints(handler)
        except Exception as error:
            complaints = [_("Its check failed: %(kind)s") % {"kind": type(error).__name__}]
        found.append(Handler(key, registries.declares_check(handler), complaints))
    return found
