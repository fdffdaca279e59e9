"""The demonstration city's clocks: those of one subject are moved in memory as the actions move them, then written."""

import datetime as dt
from collections.abc import Iterable, Sequence

from egov.deadlines import queries
from egov.deadlines.actions import ClockSpec
from egov.deadlines.models import Clock, ClockPause
from egov.deadlines.rules import Pause, due_at, due_with_pauses


class PastClocks:
    """The clocks of one subject. Each method does what the action of its name does, at a moment that is given."""

    def __init__(self) -> None:
        self.rows: list[Clock] = []
        self.pauses: list[ClockPause] = []

    def start(self, spec: ClockSpec, at: dt.datetime) -> Clock:
        calendar = queries.calendar_of(spec.department_id)
        started = spec.started_at or at
        clock = Clock(
            subject=str(spec.subject),
            kind=spec.kind,
            calendar_id=calendar.pk,
            limit=spec.limit,
            unit=spec.unit,
            started_at=started,
            due_at=due_at(started, spec.limit, spec.unit, calendar.working_days),
            basis=spec.basis,
        )
        self.rows.append(clock)
        return clock

    def pause(self, at: dt.datetime, *, reason: str, kinds: Sequence[str]) -> None:
        for clock in self.running(kinds):
            if clock.paused_at is None:
                clock.paused_at = at
                self.pauses.append(ClockPause(clock=clock, from_at=at, reason=reason))

    def resume(self, at: dt.datetime) -> dict[str, dt.datetime]:
        """The new due moments by kind."""
        paused = [clock for clock in self.running() if clock.paused_at is not None]
        for clock in paused:
            self._end_pause(clock, at)
            self._recompute(clock)
        return {clock.kind: clock.due_at for clock in paused}

    def extend(self, kind: str, by: int) -> dt.datetime:
        (clock,) = self.running([kind])
        clock.extended_by += by
        clock.missed_at = None
        self._recompute(clock)
        return clock.due_at

    def stop(self, at: dt.datetime, kind: str | None = None) -> None:
        for clock in self.running([kind] if kind else None):
            self._end_pause(clock, at)
            clock.stopped_at = at

    def running(self, kinds: Sequence[str] | None = None) -> list[Clock]:
        return [clock for clock in self.rows if clock.stopped_at is None and (kinds is None or clock.kind in kinds)]

    def next_missed(self) -> Clock | None:
        """The running clock that will be missed first."""
        waiting = [clock for clock in self.running() if clock.paused_at is None and clock.missed_at is None]
        return min(waiting, key=lambda clock: clock.due_at, default=None)

    def _end_pause(self, clock: Clock, at: dt.datetime) -> None:
        for pause in self.pauses:
            if pause.clock is clock and pause.to_at is None:
                pause.to_at = at
        clock.paused_at = None

    def _recompute(self, clock: Clock) -> None:
        clock.due_at = due_with_pauses(
            clock.started_at,
            clock.limit + clock.extended_by,
            clock.unit,
            queries.all_calendars().by_id[clock.calendar_id].working_days,
            [Pause(pause.from_at, pause.to_at) for pause in self.pauses if pause.clock is clock],
        )


def lay_clocks(many: Iterable[PastClocks]) -> None:
    """Two inserts for any number."""
    known = list(many)
    Clock.objects.bulk_create([clock for each in known for clock in each.rows], batch_size=1000)
    ClockPause.objects.bulk_create([pause for each in known for pause in each.pauses], batch_size=1000)
