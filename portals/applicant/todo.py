"""What waits for the applicant: payments, corrections, documents to come, ratings; most urgent first."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
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
    asking = Counter(case.matter for case in waiting if case.state == "correction")
    entries, joined = [], set()
    for case in waiting:
        if case.state == "correction" and asking[case.matter] > 1:
            if case.matter not in joined:
                entries.append(_joint_entry([each for each in waiting if each.matter == case.matter], actor.capacity))
            joined.add(case.matter)
        else:
            entries.append(_entry(case, actor.capacity))
    return entries


def _joint_entry(cases: Sequence[Case], capacity: str) -> ToDo:
    """What several departments of one matter ask is answered once."""
    asked = [case for case in cases if case.state == "correction"]
    dues = [each.respond_by for case in asked for each in case.corrections.all() if each.answered_at is None]
    text = _("%(n)s departments ask you for something. Answer all of it once, by %(day)s.") % {
        "n": len(asked),
        "day": short_date(min(dues, default=None)),
    }
    return ToDo(
        _(", ").join(localised(case.title) for case in asked),
        text,
        reverse("citizen:corrections", kwargs={"capacity": capacity, "reference": asked[0].matter}),
        _("Answer"),
        Badge(_("Waits for you"), Tone.RISK),
        min(dues, default=None),
    )


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
