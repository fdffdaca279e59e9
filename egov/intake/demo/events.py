"""What came to the city's people and businesses that takes several departments, and how far it has come today."""

import datetime as dt
import functools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from egov.casework.demo import Course
from egov.identity.rules import age_on
from egov.intake.demo.answers import by_rule
from egov.intake.demo.city import City, Filer
from egov.kernel import clock

ENDED = (16, 340)  # days ago on which what is over today was filed
CLOSING = "BE04"  # who closes files nothing else
HOME = "990102"  # the district whose officers the demonstration gives out accounts of


@dataclass(frozen=True)
class Occasion:
    """An event as somebody filed it.

    ``answers``: to the questions of the event; ``services``: of its optional ones; ``knows``: what is said in the one
    form, by data element; ``need``: the sentence it began with; ``courses``: how the cases of some members go, where
    they are not simply granted; ``change``: what the applicant corrects today, and why.
    """

    event: str
    answers: Mapping[str, Any]
    services: Sequence[str] = ()
    knows: Mapping[str, Any] = field(default_factory=dict)
    need: str = ""
    courses: Mapping[str, Course] = field(default_factory=dict)
    change: "Change | None" = None


@dataclass(frozen=True)
class Change:
    """An answer that is another one now, under the key of the one form, and why."""

    question: str
    answer: Any
    reason: str


@dataclass(frozen=True)
class _Standing:
    """How a matter that is open today stands: since how many days, and where the cases of some members lie.

    ``who``: the account it belongs to.
    """

    event: str
    days: float
    lies: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    who: str = ""
    change: Change | None = None


ACCOUNTS = ("lin.xiaowen", "zhao.qiming", "wu.accountant")  # what they have is named below
_FULL = {"form": "sole_trader", "area": 320, "sign": True, "drainage": True, "staff": True}
_NEW_ACCOUNT = Change("bank__account", "6217 0001 0000 9036", "原来的银行卡丢失，已换新卡。")
_STANDINGS: Sequence[_Standing] = (
    # Theirs who have an account.
    _Standing("LE09", 6, {"SI10": "correction", "MH04": "correction"}, who="lin.xiaowen"),
    _Standing("LE01", 9, {"MH05": "review", "MH09": "review"}, who="lin.xiaowen", change=_NEW_ACCOUNT),
    _Standing("BE01", 7, {"LC01": "inspection", "LC03": "inspection", "LC05": "review"}, _FULL, who="lin.xiaowen"),
    _Standing("BE01", 0.15, {"BR01": "review"}, {"form": "enterprise"}, who="zhao.qiming"),
    _Standing("BE05", 2, {"BR03": "review"}, who="wu.accountant"),
    # Led by market regulation in Linjiang: just begun, under way, late, waiting for the applicant, one refused.
    _Standing("BE01", 0.3, {"BR01": "accept"}, {"form": "enterprise"}),
    _Standing("BE01", 5, {"LC01": "review", "LC03": "review", "LC04": "accept"}, _FULL),
    _Standing("BE01", 30, {"LC05": "inspection"}, _FULL),
    _Standing("BE01", 24, {"LC03": "inspection", "LC01": "decide"}, _FULL),
    _Standing("BE01", 8, {"LC01": "correction", "LC04": "correction"}, _FULL),
    _Standing("BE01", 14, {"LC05": "review"}, _FULL, refused="LC03"),
    _Standing("BE04", 6, {"TX09": "review", "SI16": "review"}),
    _Standing("BE04", 3, {"BR04": "review"}),
    _Standing("BE10", 12, {"LC11": "inspection"}),
    # Led by others.
    _Standing("LE01", 4, {"MH02": "decide", "MH09": "accept"}),
    _Standing("LE04", 6, {"SI09": "review"}),
    _Standing("LE07", 4, {"CL04": "review", "SI06": "review", "HF06": "task"}),
    _Standing("LE08", 11, {"SI07": "review"}),
    _Standing("LE08", 20, {"MH13": "review", "HF07": "decide"}, change=_NEW_ACCOUNT),
    _Standing("LE09", 15, {"SI10": "inspection", "MH04": "review"}),
    _Standing("LE11", 12, {"CL16": "review"}),
)


@functools.cache
def _events() -> Mapping[str, Mapping[str, Any]]:
    return dict(yaml.safe_load((Path(__file__).parent / "events.yaml").read_text()))


def occasions(
    rng: random.Random, now: dt.datetime, city: City, *, some_day: Callable[[int, int], dt.datetime]
) -> Iterator[tuple[Filer, dt.datetime, Occasion]]:
    """Who filed what, when. ``some_day``: a moment on one of the days between so many before today."""
    return _Occasions(rng, now, city, some_day).all()


class _Occasions:
    def __init__(
        self, rng: random.Random, now: dt.datetime, city: City, some_day: Callable[[int, int], dt.datetime]
    ) -> None:
        self.rng, self.now, self.city, self.some_day = rng, now, city, some_day
        self._had: set[int] = set()  # not two to one party
        self._known = {filer.party.pk for name in ACCOUNTS for filer in city.named(name)}

    def all(self) -> Iterator[tuple[Filer, dt.datetime, Occasion]]:
        for standing in _STANDINGS:
            if (filer := self._filer(standing.event, name=standing.who, home=True)) is not None:
                at = self.now - dt.timedelta(days=standing.days, minutes=self.rng.randint(5, 90))
                courses = {service: Course(now=self.now, stop=place) for service, place in standing.lies.items()}
                if standing.refused:
                    courses[standing.refused] = Course(now=self.now, outcome="refused")
                occasion = self._occasion(standing.event, filer, at, courses, standing.answers)
                yield filer, at, replace(occasion, change=standing.change)
        for event, told in _events().items():
            fails = [*told.get("fails", ())]
            for _number in range(told["ended"]):
                if (filer := self._filer(event)) is not None:
                    at = self.some_day(*ENDED)
                    service, outcome = fails.pop(0) if fails else ("", "")
                    courses = {service: Course(now=self.now, outcome=outcome)} if service else {}
                    yield filer, at, self._occasion(event, filer, at, courses)

    def _occasion(
        self,
        event: str,
        filer: Filer,
        at: dt.datetime,
        courses: Mapping[str, Course],
        answers: Mapping[str, Any] | None = None,
    ) -> Occasion:
        told, day = _events()[event], clock.local(at).date()

        def chosen(rules: Mapping[str, Any]) -> dict[str, Any]:
            return {key: by_rule(self.rng, rule, filer, day) for key, rule in rules.items()}

        return Occasion(
            event=event,
            answers={**chosen(told["answers"]), **(answers or {})},
            services=told.get("services", ()),
            knows=chosen(told.get("knows", {})),
            need=self.rng.choice(told["needs"]),
            courses=courses,
        )

    def _filer(self, event: str, *, name: str = "", home: bool = False) -> Filer | None:
        told = _events()[event]
        found = self.city.named(name) if name else self.city.filers[told["who"]]
        able = [each for each in found if self._fits(each, told, named=bool(name))]
        near = [each for each in able if each.region == HOME] if home else []
        if not able:
            return None
        filer = self.rng.choice(near or able)
        self._had.add(filer.party.pk)
        return filer

    def _fits(self, filer: Filer, told: Mapping[str, Any], *, named: bool) -> bool:
        if (filer.kind == "person") is not (told["who"] == "person"):
            return False
        if not named and filer.party.pk in self._known | self._had:
            return False
        if filer.person is None:
            return filer.business == "enterprise"
        youngest, oldest = told.get("age", (18, 100))
        born_on = filer.person.born_on
        old_enough = born_on is not None and youngest <= age_on(born_on, clock.local(self.now).date()) <= oldest
        return named or (old_enough and told.get("sex", filer.person.sex) == filer.person.sex)
