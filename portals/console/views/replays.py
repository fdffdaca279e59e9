"""What a version in work would have changed: asked for, followed, read."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from egov.intake import actions, queries
from egov.intake.models import Replay
from egov.kernel.errors import TransitionNotAllowed
from portals.console.access import ConsoleRequest, administrators, event_version_of, service_of
from portals.console.views.acting import crumbs, posted, url
from portals.shared.components import Crumb

FIRST = 20  # cases shown at once; the others unfold
KINDS = {
    "refused": gettext_lazy("would not pass the form as they were filled in"),
    "accepted": gettext_lazy("would pass the form where they did not"),
    "step_added": gettext_lazy("would take a further step"),
    "step_gone": gettext_lazy("would be spared a step"),
    "verdict": gettext_lazy("would be decided at once otherwise"),
    "fee": gettext_lazy("would cost something else"),
    "service_added": gettext_lazy("would need a further service"),
    "service_gone": gettext_lazy("would be spared a service"),
    "open": gettext_lazy("would have been asked a further question"),
}


@require_POST
@administrators
def of_service(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    service_of(request, code)
    return _ask(
        request,
        lambda: actions.replay_service(request.actor, code=code, number=number),
        back=url(request, "version", code, number),
    )


@require_POST
@administrators
def of_event(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    event_version_of(request, code, number)
    return _ask(
        request,
        lambda: actions.replay_event(request.actor, code=code, number=number),
        back=url(request, "event_version", code, number),
    )


def _ask(request: ConsoleRequest, act: Any, *, back: str) -> HttpResponse:
    try:
        row = act()
    except TransitionNotAllowed as error:
        refused = error

        def again() -> None:
            raise refused

        return posted(request, act=again, done="", back=back)
    return redirect(url(request, "replay", row.pk))


@require_GET
@administrators
def detail(request: ConsoleRequest, capacity: str, pk: int) -> HttpResponse:
    """How far it is, and what it found."""
    row = queries.replay(request.actor, pk)
    context = {
        "replay": row,
        "running": row.finished_at is None,
        "share": round(100 * row.done / row.total) if row.total else 0,
        "same": row.done - row.differing,
        "groups": [
            (KINDS.get(kind, kind), number, [each for each in row.reasons if each["kind"] == kind])
            for kind, number in sorted(row.counts.items(), key=lambda each: -each[1])
        ],
        "first": row.cases[:FIRST],
        "rest": row.cases[FIRST:],
        "back": _version_url(request, row),
        "crumbs": _above(request, row),
    }
    return render(request, "console/replay.html", context)


def _version_url(request: ConsoleRequest, row: Replay) -> str:
    return url(request, "event_version" if row.of_event else "version", row.subject, row.after_number)


def _above(request: ConsoleRequest, row: Replay) -> list[Crumb]:
    title, name = (_("Events"), "event") if row.of_event else (_("Services"), "service")
    return crumbs(
        request,
        (title, url(request, f"{name}s")),
        (row.subject, url(request, name, row.subject)),
        (_("version %(number)d") % {"number": row.after_number}, _version_url(request, row)),
    )
