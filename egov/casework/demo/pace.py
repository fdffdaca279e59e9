"""When things happen: office hours of an authority, on its own calendar."""

import datetime as dt
import random

from egov.deadlines import queries as calendars
from egov.deadlines.rules import WorkingDays
from egov.kernel import clock

MORNING, NOON = dt.time(9, 0), dt.time(12, 0)
AFTERNOON, EVENING = dt.time(13, 30), dt.time(17, 30)


class Pace:
    """Moments at which the offices of a department are open."""

    def __init__(self, rng: random.Random, department_id: int | None) -> None:
        self.rng = rng
        self.days: WorkingDays = calendars.working_days(department_id)

    def later(self, moment: dt.datetime, days: int = 0) -> dt.datetime:
        """In office hours ``days`` working days after ``moment``; of the same day when enough of it is left."""
        start = clock.local(moment)
        day = start.date()
        if days <= 0 and self.days.is_working(day):
            earliest = start + dt.timedelta(minutes=self.rng.randint(3, 90))
            latest = dt.datetime.combine(day, EVENING, start.tzinfo)
            if earliest < latest:
                return self._open(max(earliest, dt.datetime.combine(day, MORNING, start.tzinfo)))
        day = self.days.add(day, max(days, 1))
        minutes = self.rng.choice((self.rng.randint(0, 179), self.rng.randint(270, 509)))
        return dt.datetime.combine(day, MORNING, start.tzinfo) + dt.timedelta(
            minutes=minutes, seconds=self.rng.randint(0, 59)
        )

    def _open(self, moment: dt.datetime) -> dt.datetime:
        """Not over lunch."""
        if NOON <= moment.time() < AFTERNOON:
            return dt.datetime.combine(moment.date(), AFTERNOON, moment.tzinfo) + dt.timedelta(
                minutes=self.rng.randint(0, 40), seconds=self.rng.randint(0, 59)
            )
        return moment

    def at_home(self, moment: dt.datetime, *, hours: tuple[float, float]) -> dt.datetime:
        """When people at home get round to something: between 7:30 and 23:00."""
        found = clock.local(moment) + dt.timedelta(hours=self.rng.uniform(*hours))
        if found.hour < 7:
            found = found.replace(hour=8, minute=self.rng.randint(0, 59))
        return found if found > moment else clock.local(moment) + dt.timedelta(minutes=5)
