"""A matter's timeline as the drawing with departments as lanes."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from egov.kernel import clock
from egov.kernel.text import localise
from egov.matters.queries import Lane as MatterLane
from egov.matters.queries import Timeline as MatterTimeline
from egov.matters.rules import TAKEN_BACK, PartKind
from portals.shared.components import Badge, Tone, last_day
from portals.shared.drawings import Bar, Lane, Segment, Timeline
from portals.shared.templatetags.egov_ui import local_date_plain, localised, short_date

_BARS = {
    PartKind.DONE: Bar.DONE,
    PartKind.RUN: Bar.RUN,
    PartKind.PAUSE: Bar.PAUSE,
    PartKind.PLAN: Bar.PLAN,
    PartKind.MISS: Bar.MISS,
}


def drawing(timeline: MatterTimeline, urls: dict[str, str]) -> Timeline:
    """``urls``: member key → page of its case."""
    return Timeline.draw(
        [_lane(lane, timeline.now, urls.get(lane.key, "")) for lane in timeline.lanes], now=timeline.now
    )


def _lane(lane: MatterLane, now: dt.datetime, url: str) -> Lane:
    return Lane(
        title=localised(lane.title),
        department=localised(lane.department) or done_by(lane.by),
        segments=[Segment(_BARS[part.kind], part.start, part.end) for part in lane.parts],
        badge=badge(lane, now),
        note=note(lane, now),
        due=lane.due_at,
        critical=lane.critical,
        url=url,
    )


def done_by(by: str) -> str:
    """Who files what the applicant cannot file."""
    words = {"employer": _("Filed by the employer"), "departments": _("Done by the departments themselves")}
    return words.get(by) or _("Filed by somebody else")


def who(by: str) -> str:
    return {"employer": _("The employer"), "departments": _("The departments")}.get(by) or _("Somebody else")


def waits_for(by: str) -> str:
    words = {"employer": _("Waits for the employer"), "departments": _("Waits for the departments")}
    return words.get(by) or _("Waits for somebody else")


def badge(lane: MatterLane, now: dt.datetime) -> Badge:
    """How it stands, in a word."""
    if lane.by and lane.state != "dropped":
        if lane.state == "done":
            return Badge(_("Done, as you say") if lane.declaration else _("Done"), Tone.DONE)
        return Badge(waits_for(lane.by), Tone.WAIT)
    if lane.case is None:
        return Badge(_("Waits"), Tone.WAIT) if lane.state == "waiting" else _fallen(lane)
    case = lane.case
    if case.outcome == "refused":
        return Badge(_("Refused"), Tone.MISS, icon="cancel")
    if lane.ended_at is not None:
        return _ended(lane)
    if lane.needs:
        return Badge({"pay": _("Waits for your payment"), "correct": _("Waits for you")}[lane.needs], Tone.RISK)
    if case.state == "suspended":
        return Badge(_("Clock stopped"), Tone.WAIT)
    if lane.missed and lane.due_at:
        late = max((clock.local(now).date() - last_day(lane.due_at)).days, 1)
        return Badge(ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late}, Tone.MISS)
    return Badge(_("On time"), Tone.OK)


def _fallen(lane: MatterLane) -> Badge:
    """It never began: the applicant took it back, or it fell away with another one."""
    if lane.undone is not None and lane.undone.why == TAKEN_BACK:
        return Badge(_("Withdrawn"), Tone.DONE, icon="undo")
    return Badge(_("No longer needed"), Tone.DONE)


def _ended(lane: MatterLane) -> Badge:
    state = lane.case.state if lane.case else ""
    words = {
        "not_accepted": Badge(_("Not accepted"), Tone.MISS, icon="cancel"),
        "redirected": Badge(_("Sent to the competent body"), Tone.WAIT, icon="fast_forward"),
        "withdrawn": Badge(_("Withdrawn"), Tone.DONE, icon="undo"),
        "terminated": Badge(_("Ended"), Tone.DONE, icon="do_not_disturb"),
    }
    return words.get(state) or Badge(_("Done late") if lane.missed else _("Done"), Tone.DONE)


def note(lane: MatterLane, now: dt.datetime) -> str:
    """The date that matters next, or what it waits for."""
    if lane.case is None:
        if lane.waits_for and lane.state == "waiting":
            after = _("After: %(services)s") % {"services": _(", ").join(localise(text) for text in lane.waits_for)}
            return f"{after} · {expected(lane)}" if lane.expected_on else after
        return ""
    if lane.ended_at is not None:
        return str(short_date(lane.ended_at))
    if lane.missed:
        if lane.statutory_due_at:
            return _("Reported to the head of the unit. The law allows until %(day)s") % {
                "day": local_date_plain(last_day(lane.statutory_due_at))
            }
        return _("Reported to the head of the unit")
    if lane.due_at is not None and not lane.needs:
        by = _("By %(day)s") % {"day": short_date(last_day(lane.due_at))}
        return f"{by} · {expected(lane)}" if lane.expected_on else by
    return ""


def expected(lane: MatterLane) -> str:
    return _("expected %(day)s") % {"day": short_date(lane.expected_on)}
