"""Tracking by number, without a login: only the state, the unit and the dates, never a name or an answer."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from egov.casework import queries as casework
from egov.casework.models import CaseState
from egov.casework.queries import Track
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import remaining
from egov.intake import queries as intake
from egov.kernel import clock, references
from egov.kernel.errors import NotFound, Text
from portals.shared import components as c


@dataclass(frozen=True)
class Line:
    """A case under the number, as the page shows it."""

    of: Track
    state_word: Text
    deadline: c.Deadline


@never_cache
@require_safe
def track(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("number", "").strip()[:60]
    if not typed:
        return render(request, "public/track.html", {"number": "", "faults": []})
    number = references.normalise(typed)
    if not references.is_valid(number):
        return _refused(
            request,
            typed,
            422,
            _("This number has a typing error: its last two characters do not fit. Compare it with your receipt."),
        )
    found = _tracked(number)
    if not found:
        return _refused(
            request,
            typed,
            404,
            _("Nothing is under way with this number. Compare it with your receipt or your letter."),
        )
    context = {
        "number": number,
        "faults": [],
        "lines": [Line(each, CaseState(each.state).label, _deadline(each)) for each in found],
        "whole": found[0].reference != number,
    }
    return render(request, "public/track.html", context)


def _tracked(number: str) -> list[Track]:
    """The case of this number, or all those of the receipt or the matter that has it."""
    try:
        return [casework.track(number)]
    except NotFound:
        return casework.tracks_in(intake.matter_of(number) or number)


def _refused(request: HttpRequest, typed: str, status: int, text: str) -> HttpResponse:
    return render(request, "public/track.html", {"number": typed, "faults": [c.Fault(text, "number")]}, status=status)


def _deadline(tracked: Track) -> c.Deadline:
    due = tracked.promised_due_at
    if tracked.ended_at is not None:
        return c.Deadline.done(at=tracked.ended_at, due=due)
    if tracked.state == CaseState.CORRECTION:
        return c.Deadline.paused(_("Waits for the applicant"), due)
    if tracked.state == CaseState.SUSPENDED:
        return c.Deadline.paused(_("Clock stopped"), due)
    if due is None:
        return c.Deadline.none()
    left = remaining(started=tracked.received_at, due=due, now=clock.now(), working_days=deadlines.working_days())
    return c.Deadline.running(colour=left.colour, days=left.days, due=due)
