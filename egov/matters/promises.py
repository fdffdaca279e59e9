"""The forecast of a matter from its rows: days are numbered for the rules, and named again. Private to this room."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from egov.casework import queries as casework
from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.deadlines import queries as deadlines
from egov.deadlines import rules as deadline_rules
from egov.deadlines.rules import WorkingDays
from egov.kernel import clock
from egov.matters import rules
from egov.matters.models import Member
from egov.matters.rules import Ahead, Forecast, Move, Needs


@dataclass(frozen=True)
class Promise:
    """What a matter was promised and what is to be expected, in days people know."""

    forecast: Forecast
    days: "NumberedDays"

    @property
    def promised_due_at(self) -> dt.datetime | None:
        """The first moment that is too late for the whole."""
        return None if self.forecast.promised is None else self.due(self.forecast.promised)

    @property
    def expected_on(self) -> dt.date | None:
        return None if self.forecast.expected is None else self.days.day(self.forecast.expected)

    @property
    def likely_by(self) -> dt.date | None:
        return None if self.forecast.likely is None else self.days.day(self.forecast.likely)

    @property
    def percent(self) -> int | None:
        """The chance that the promise is kept, in whole per cent; certainty is never told."""
        chance = self.forecast.confidence
        return None if chance is None else min(max(round(chance * 100), 1), 99)

    @property
    def days_left(self) -> int | None:
        return self.forecast.promised

    def due(self, number: int) -> dt.datetime:
        return clock.end_of_day(self.days.day(number))


@dataclass(frozen=True)
class NumberedDays:
    """Working days counted from ``today``."""

    today: dt.date
    calendar: WorkingDays

    @classmethod
    def on(cls, day: dt.date) -> "NumberedDays":
        return cls(day, deadlines.working_days(None))

    def day(self, number: int) -> dt.date:
        return self.calendar.add(self.today, number)

    def number(self, day: dt.date) -> int:
        return self.calendar.between(self.today, day)

    def of(self, moment: dt.datetime) -> int:
        return self.number(clock.local(moment).date())

    def last_day(self, begin: int, version: ServiceVersion) -> int:
        """The last day of the promise of a service that begins on the day ``begin``."""
        noon = clock.end_of_day(self.day(begin)) - dt.timedelta(hours=12)
        due = deadline_rules.due_at(noon, version.promised_limit, version.promised_unit, self.calendar)
        return self.number(deadline_rules.due_day(due))


def promise_of(
    members: Sequence[Member],
    needs_of: Mapping[str, Sequence[Needs]],
    cases: Mapping[str, Case],
    moves: Mapping[int, Sequence[Move]],
    days: NumberedDays | None = None,
) -> Promise:
    """``members`` in the order of the graph; ``moves``: case → the moves of its story, in the order of time.

    ``days``: as seen on another day than today.
    """
    days = days or NumberedDays.on(clock.today())
    # What somebody else files counts only where a member waits for it.
    needed = {need.before for needs in needs_of.values() for need in needs}
    ahead = [
        _with_case(member, case, needs_of[member.key], moves.get(case.pk, ()), days)
        if (case := cases.get(member.case)) is not None
        else _without_case(member, needs_of[member.key], days)
        for member in members
        if not member.by or member.key in needed
    ]
    return Promise(rules.forecast(ahead), days)


def _without_case(member: Member, needs: Sequence[Needs], days: NumberedDays) -> Ahead:
    kept = member.kept
    outside = catalogue.published_many([member.service.code]) if member.by else {}
    if kept is None and not outside:  # its case was never opened, or is kept elsewhere
        return Ahead(member.key, rules.DROPPED if member.state != rules.DONE else rules.DONE, lambda day: day, ended=0)
    version = catalogue.version(kept.version_id) if kept is not None else outside[member.service.code]
    return Ahead(
        key=member.key,
        state=member.state,
        limit=lambda day: days.last_day(day, version),
        needs=needs,
        ended=None if member.ended_at is None else days.of(member.ended_at),
        pace=casework.paces().of(version.service.code, kept.department_id if kept is not None else None),
    )


def _with_case(member: Member, case: Case, needs: Sequence[Needs], moves: Sequence[Move], days: NumberedDays) -> Ahead:
    version = catalogue.version(case.version_id)
    ended = case.decided_at or case.closed_at
    stood, stands = _pauses(moves, days) if ended is None else (0, 0)
    waits, promised = case.state in rules.APPLICANT_S_TURN, None
    if waits:
        promised = days.last_day(0, version)  # it is counted from acceptance, at best today
    elif case.promised_due_at is not None:
        # A clock that stands gives its days back when it runs again.
        promised = days.number(deadline_rules.due_day(case.promised_due_at)) + stands
    return Ahead(
        key=member.key,
        state=_state(member, case),
        limit=lambda day: days.last_day(day, version),
        needs=needs,
        promised=promised,
        begun=None if member.started_at is None else days.of(member.started_at),
        ended=None if ended is None else days.of(ended),
        spent=max(-days.of(case.received_at) - stood, 0),
        waits=waits,
        pace=casework.paces().of(version.service.code, case.department_id),
    )


def _state(member: Member, case: Case) -> str:
    """The case knows first."""
    if case.outcome and case.decided_at is not None:
        return rules.state_after_decision(case.outcome)
    return rules.state_after_case(case.state) or member.state


def _pauses(moves: Sequence[Move], days: NumberedDays) -> tuple[int, int]:
    """Working days in which the case waited for others than its department: all, and those of a pause that lasts."""
    stood = stands = 0
    for move, following in pairwise([*moves, None]):
        if move is None or move.state not in rules.PAUSED_STATES:
            continue
        lasted = (0 if following is None else days.of(following.at)) - days.of(move.at)
        stood += max(lasted, 0)
        stands = max(lasted, 0) if following is None else stands
    return stood, stands
