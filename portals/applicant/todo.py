"""What waits for the applicant: payments, corrections, documents to come, ratings; most urgent first."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from egov.casework.models import Case
from egov.kernel.actor import Actor
from egov.matters import queries as matters
from portals.shared.components import Badge, Tone
from portals.shared.templatetags.egov_ui import localised, short_date


@dataclass(frozen=True)
class ToDo:
    title: str
    text: str
    url: str
    action: str
    badge: Badge
    due: dt.datetime | None = None


def to_do(actor: Actor) -> list[ToDo]:
    """At most 20; two statements."""
    waiting = matters.waiting_for_applicant(actor)
    return [_entry(case, actor.capacity) for case in waiting]


def _entry(case: Case, capacity: str) -> ToDo:
    url = {"capacity": capacity, "reference": case.reference}
    title = localised(case.title)
    if case.state == "correction":
        due = next((each.respond_by for each in case.corrections.all() if each.answered_at is None), None)
        text = _("The department asks you for something. Answer by %(day)s; its clock stands still meanwhile.") % {
            "day": short_date(due)
        }
        return ToDo(
            title,
            text,
            reverse("citizen:correction", kwargs=url),
            _("Answer"),
            Badge(_("Waits for you"), Tone.RISK),
            due,
        )
    if case.state == "submitted":
        text = _("The department begins when the fee is paid.")
        return ToDo(
            title,
            text,
            reverse("citizen:bills", kwargs={"capacity": capacity}),
            _("Pay"),
            Badge(_("To pay"), Tone.RISK),
        )
    text = _("Decided. How was it? Your rating is seen by the department and counted in public.")
    return ToDo(title, text, reverse("citizen:rate", kwargs=url), _("Rate"), Badge(_("To rate"), Tone.NOTE))
