"""The year that lies behind the demonstration city: who filed what, when. The same seed gives the same year."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from egov.casework.demo import Course
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.deadlines import queries as calendars
from egov.deadlines.rules import WorkingDays
from egov.intake.demo import events
from egov.intake.demo.answers import filings
from egov.intake.demo.city import City, Filer
from egov.intake.demo.events import CLOSING, HOME, Occasion
from egov.kernel import clock
from egov.law import queries as law

DAYS = 365
WHOLE_YEAR = 500  # filings; a shorter one has neither named ones nor events
WAITING = 0.16  # share of the year's cases that lie somewhere today
AT_HOME = 0.8  # share of what waits that waits there


@dataclass(frozen=True)
class Slot:
    """One filing of the year. ``number`` counts from the oldest; ``seed`` is its own source of chance.

    Of a service, or of an event (``occasion``).
    """

    number: int
    service: str
    filer: Filer
    at: dt.datetime
    course: Course
    occasion: Occasion | None
    seed: int


class _Found(NamedTuple):
    """A filing before it has its number."""

    service: str
    filer: Filer
    at: dt.datetime
    course: Course
    occasion: Occasion | None = None


@dataclass(frozen=True)
class _Wish:
    """What a demonstration account is to find: service, capacity, days ago, and how it goes."""

    service: str
    who: str
    days: float
    stop: str = ""
    outcome: str = ""
    rating: int | None = None
    corrected: bool = False


# How much of what is filed lies with the offices today: what is done on the spot hardly does.
_LYING = defaultdict(lambda: 1.0, {("promised", "district"): 3.0, ("instant", "district"): 0.6})

# So that each of their home pages shows what can happen to a matter.
_NAMED: Mapping[str, Sequence[_Wish]] = {
    "lin.xiaowen": (
        _Wish("CL02", "person", 0.2, stop="pay"),
        _Wish("CP03", "person", 4, stop="correction"),
        _Wish("CP01", "person", 2, stop="decide"),
        _Wish("LC01", "business", 5, stop="inspection"),
        _Wish("LC04", "business", 24, outcome="refused"),
        _Wish("MH03", "person", 15, rating=5),
        _Wish("CP01", "person", 75, outcome="granted", rating=2),
        _Wish("CL02", "person", 320, outcome="granted", corrected=True, rating=4),
        _Wish("LC01", "business", 210, outcome="granted", rating=5),
    ),
    "zhao.qiming": (
        _Wish("LC01", "business", 3, stop="correction"),
        _Wish("LC04", "business", 6, stop="opinion"),
        _Wish("CL02", "person", 9, stop="review"),
        _Wish("CP01", "person", 1, stop="accept"),
        _Wish("SI09", "person", 40),
        _Wish("LC01", "business", 55, outcome="refused", rating=2),
        _Wish("LC01", "business", 260, outcome="granted", rating=5),
        _Wish("CP01", "person", 140, outcome="granted", rating=5),
    ),
    "wu.accountant": (
        _Wish("LC01", "business", 4, stop="decide"),
        _Wish("LC04", "business", 30, outcome="granted", rating=4),
        _Wish("CL02", "person", 0.4, stop="pay"),
        _Wish("MH03", "person", 60, rating=5),
        _Wish("CP03", "person", 90, outcome="refused"),
        _Wish("CP01", "person", 12, outcome="granted"),
    ),
}


def year(seed: int, count: int, *, now: dt.datetime, city: City) -> list[Slot]:
    """In the order of laying: events of several departments, then the others, the newest first."""
    return _Year(random.Random(f"{seed}:year"), count, now, city).slots()  # noqa: S311 - reproducible, not secret


class _Year:
    def __init__(self, rng: random.Random, count: int, now: dt.datetime, city: City) -> None:
        self.rng, self.count, self.now, self.city = rng, count, now, city
        self.versions = {version.service.code: version for version in catalogue.services(fileable=True)}
        self.days: WorkingDays = calendars.working_days(None)
        self._last: dict[tuple[str, int], list[dt.datetime]] = {}
        self._filers: dict[tuple[str, bool], list[Filer]] = {}
        self._apart: set[int] = set()  # parties that file nothing but what is told of them

    def slots(self) -> list[Slot]:
        """Numbered by time; the events of several departments first, then the others, the newest first."""
        found = [*self._named(), *self._events()]
        waiting = max(int(self.count * WAITING), 1)
        found += self._waiting(min(waiting, self.count))
        found += self._past(max(self.count - len(found), 0))
        found.sort(key=lambda each: (each.at, each.service))
        slots = [Slot(number, *each, self.rng.getrandbits(60)) for number, each in enumerate(found[-self.count :])]
        return sorted(slots, key=lambda slot: (slot.occasion is None, -slot.number))

    # --- Four kinds of filings -----------------------------------------------------------------------------

    def _named(self) -> Iterator[_Found]:
        if self.count < WHOLE_YEAR:
            return
        for name, wishes in _NAMED.items():
            filers = self.city.named(name)
            self._apart |= {filer.party.pk for filer in filers}
            for wish in wishes:
                filer = next((each for each in filers if (each.kind == "person") is (wish.who == "person")), None)
                if filer is None or wish.service not in self.versions:
                    continue
                at = self.now - dt.timedelta(days=wish.days, minutes=self.rng.randint(5, 90))
                self._last.setdefault((wish.service, filer.party.pk), []).append(at)
                course = Course(
                    now=self.now, stop=wish.stop, outcome=wish.outcome, rating=wish.rating, corrected=wish.corrected
                )
                yield _Found(wish.service, filer, at, course)

    def _events(self) -> Iterator[_Found]:
        """What several departments were asked for at once."""
        if self.count < WHOLE_YEAR:
            return
        for filer, at, occasion in events.occasions(self.rng, self.now, self.city, some_day=self._some_day):
            if occasion.event == CLOSING:
                self._apart.add(filer.party.pk)
            yield _Found("", filer, at, Course(now=self.now), occasion)

    def _some_day(self, first: int, last: int) -> dt.datetime:
        """On one of the days ``first`` to ``last`` before today, on busy ones rather."""
        today = clock.local(self.now).date()
        days = [today - dt.timedelta(days=back) for back in range(first, last + 1)]
        return self._moment(self.rng.choices(days, [self._business_of(day) for day in days])[0])

    def _waiting(self, count: int) -> Iterator[_Found]:
        """What lies with the offices today, as long as it may lie there and a little longer."""
        codes = [code for code, version in self.versions.items() if version.plan and _share(code) > 1]
        weights = [
            _share(code) * _LYING[version.case_kind, version.level]
            for code in codes
            for version in [self.versions[code]]
        ]
        while count > 0:
            code = self.rng.choices(codes, weights)[0]
            stop, within = self._place(self.versions[code])
            at = self._back(within)
            filer = self._filer(code, at, home=self.rng.random() < AT_HOME)
            count -= 1
            if filer is not None:
                yield _Found(code, filer, at, Course(now=self.now, stop=stop))

    def _past(self, count: int) -> Iterator[_Found]:
        codes = [code for code in self.versions if _share(code)]
        weights = [_share(code) for code in codes]
        days = [clock.local(self.now).date() - dt.timedelta(days=back) for back in range(DAYS)]
        busy = [self._business_of(day) for day in days]
        while count > 0:
            code = self.rng.choices(codes, weights)[0]
            at = self._moment(self.rng.choices(days, busy)[0])
            if self._too_late(at):
                continue
            filer = self._filer(code, at)
            if filer is not None:
                count -= 1
                yield _Found(code, filer, at, Course(now=self.now))

    # --- When ---------------------------------------------------------------------------------------------

    def _business_of(self, day: dt.date) -> float:
        """Weekends only online, holidays hardly, more before and after them; spring and autumn are busy."""
        season = {2: 0.7, 3: 1.25, 4: 1.15, 7: 0.9, 8: 0.9, 9: 1.15, 10: 0.85, 11: 1.1}.get(day.month, 1.0)
        if self.days.is_working(day):
            eve = (
                any(not self.days.is_working(day + dt.timedelta(days=ahead)) for ahead in (3, 4)) and day.weekday() < 3
            )
            return season * (1.25 if eve else 1.0)
        return season * (0.35 if day.weekday() >= 5 else 0.1)

    def _moment(self, day: dt.date) -> dt.datetime:
        """Mostly in office hours, often in the evening; on days off at any time people are awake."""
        chance = self.rng.random()
        if self.days.is_working(day) and chance < 0.72:
            hour = self.rng.choices((8, 9, 10, 11, 13, 14, 15, 16, 17), (4, 10, 12, 7, 4, 9, 10, 8, 5))[0]
        else:
            hour = self.rng.choices(range(8, 24), (2, 4, 5, 5, 3, 3, 4, 4, 4, 4, 4, 6, 8, 8, 5, 2))[0]
        return clock.end_of_day(day - dt.timedelta(days=1)) + dt.timedelta(
            hours=hour, minutes=self.rng.randint(0, 59), seconds=self.rng.randint(0, 59)
        )

    def _back(self, working_days: float) -> dt.datetime:
        """On one of the last working days; a third of what waits came lately."""
        back = self.rng.uniform(0, working_days) * (0.4 if self.rng.random() < 0.3 else 1.0)
        day, left = clock.local(self.now).date(), int(back)
        while left or not self.days.is_working(day) or self._too_late(at := self._moment(day)):
            left -= 1 if left and self.days.is_working(day) else 0
            day -= dt.timedelta(days=1)
        return at

    def _too_late(self, at: dt.datetime) -> bool:
        return at >= self.now - dt.timedelta(minutes=10)

    def _place(self, version: ServiceVersion) -> tuple[str, float]:
        """At which work the case lies, and the working days within which it came."""
        procedure = law.procedure(version.procedure)
        promise = max(version.promised_limit * (5 / 7 if version.promised_unit == "d" else 1), 1.0)
        accepting = procedure.acceptance_limit or procedure.decision
        first = min(accepting.limit if accepting else 3, 5) * 1.15
        places: list[tuple[str, float, float]] = [("accept", 20, first)]
        if version.case_kind == "instant":
            return "accept", 1.5
        places.append(("message", 3, promise))
        steps = (version.plan or {})["steps"]
        places += [(step["kind"], 50 / len(steps), promise * 1.2) for step in steps]
        if procedure.correction is not None:
            places.append(("correction", 8, procedure.correction.answer_limit * 0.9))
        if version.special_procedures:
            places.append(("suspension", 5, 8.0))
        if version.opinions:
            places.append(("opinion", 6, promise))
        if procedure.extension is not None:
            places.append(("extension", 2, promise))
        if version.fee.get("items") or float(version.fee.get("amount") or 0):
            places.append(("pay", 5, 3.0))
        kind, _weight, within = self.rng.choices(places, [weight for _kind, weight, _within in places])[0]
        return kind, within

    # --- Who ----------------------------------------------------------------------------------------------

    def _filer(self, code: str, at: dt.datetime, *, home: bool = False) -> Filer | None:
        """Somebody who has not filed the same a short while before or after."""
        filers = self._audience(code, home)
        every = dt.timedelta(days=filings().get(code, {}).get("every", 0))
        for _attempt in range(40):
            if not filers:
                return None
            filer = self.rng.choice(filers)
            earlier = self._last.setdefault((code, filer.party.pk), [])
            if all(abs(at - other) >= every for other in earlier):
                earlier.append(at)
                return filer
        return None

    def _audience(self, code: str, home: bool) -> list[Filer]:
        if (code, home) not in self._filers:
            version = self.versions[code]
            found = [filer for who in self._who(version) for filer in self.city.filers[who]]
            if "staff" in self._who(version):
                found = [filer for filer in found if filer.facts["department"] == self._department(version)]
            found = [filer for filer in found if filer.party.pk not in self._apart]
            near = [filer for filer in found if filer.region == HOME]
            self._filers[code, home] = near if home and near else found
        return self._filers[code, home]

    def _who(self, version: ServiceVersion) -> list[str]:
        named = filings().get(version.service.code, {}).get("who")
        kinds = {"enterprise": "business", "sole_trader": "business"}
        return [named] if named else list(dict.fromkeys(kinds.get(each, each) for each in version.audience))

    def _department(self, version: ServiceVersion) -> int | None:
        """Civil servants file with the personnel department; what is granted is entered for posts there."""
        unit = self.city.unit_of(version.service.department_role, "")
        return unit.department_id if unit else None


def _share(code: str) -> float:
    """How often people come for it; never for a service of which ``filings.yaml`` does not say what they bring."""
    said = filings().get(code)
    return float(said.get("share", 1)) if said is not None else 0.0
