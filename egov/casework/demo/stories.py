"""How a case of the past went: chance decides, the law and the plan of its service allow."""

import contextlib
import datetime as dt
import functools
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from egov.casework import deciding, facts
from egov.casework.demo.officers import pick
from egov.casework.demo.pace import Pace
from egov.casework.demo.tale import Tale
from egov.casework.models import CaseState
from egov.casework.rules.lifecycle import DONE, TRANSITIONS
from egov.documents.models import StoredFile
from egov.identity.models import Unit
from egov.kernel.actor import Actor
from egov.work.models import WorkItem


class NotYet(Exception):
    """What comes next lies in the future: the case is open today."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """What is decided before a story is told.

    ``stop``: the kind of work at which the case lies today ("accept", "review", "decide" …, or "pay", "correction",
    "suspension", "opinion", "extension"). ``outcome``: the decision it is to have, or "withdrawn"; chance decides
    otherwise.
    """

    now: dt.datetime
    stop: str = ""
    outcome: str = ""
    rating: int | None = None
    corrected: bool = False


@functools.cache
def _texts() -> Mapping[str, Mapping[str, Sequence[Any]]]:
    return dict(yaml.safe_load((Path(__file__).parent / "texts.yaml").read_text()))


class Story:
    """One case, from what was filed to where it stands today."""

    def __init__(
        self,
        rng: random.Random,
        tale: Tale,
        course: Course,
        *,
        advisers: Sequence[Unit] = (),
        new_file: Any = None,
    ) -> None:
        self.rng, self.tale, self.course = rng, tale, course
        self.advisers, self._new_file = advisers, new_file
        self.pace = Pace(rng, tale.case.department_id)
        self.share = self._share_of_the_promise()
        tale.read_at = self._read_at

    def tell(self) -> None:
        with contextlib.suppress(NotYet):
            self._receive()
            self._review()
        with contextlib.suppress(NotYet):
            self._afterwards()
        self.tale.until(self.course.now)

    # --- Chance -----------------------------------------------------------------------------------------

    def _share_of_the_promise(self) -> float:
        """Most are quick, some need the whole time, a few miss it by far."""
        chance = self.rng.random()
        if self.course.stop or chance < 0.7:
            return self.rng.uniform(0.12, 0.6)
        if chance < 0.92:
            return self.rng.uniform(0.6, 0.95)
        return self.rng.uniform(0.95, 1.5) if chance < 0.97 else self.rng.uniform(1.5, 3.0)

    def _happens(self, share: float) -> bool:
        return not self.course.stop and self.rng.random() < share

    def _say(self, key: str) -> Any:
        texts = _texts()[key]
        return self.rng.choice(texts.get(self.tale.case.service.code, texts["any"]))

    def _read_at(self, at: dt.datetime) -> dt.datetime | None:
        """When the applicant read a notice of ``at``."""
        age = self.course.now - at
        read = at + dt.timedelta(hours=self.rng.uniform(0.1, 40))
        return read if read < self.course.now and (age > dt.timedelta(days=20) or self.rng.random() < 0.7) else None

    # --- When and who -----------------------------------------------------------------------------------

    def _at(self, days: int = 0, *, after: dt.datetime | None = None) -> dt.datetime:
        moment = self.pace.later(max(after or self.tale.now, self.tale.now), days)
        return self._reached(moment)

    def _at_home(self, hours: tuple[float, float]) -> dt.datetime:
        return self._reached(self.pace.at_home(self.tale.now, hours=hours))

    def _reached(self, moment: dt.datetime) -> dt.datetime:
        if moment >= self.course.now:
            raise NotYet
        self.tale.until(moment)
        return moment

    def _rest(self, kind: str) -> None:
        """The case lies here today, when that is its course."""
        if self.course.stop == kind:
            raise NotYet

    def _who(self, item: WorkItem, act: str = "") -> Actor:
        """Whoever holds the item, else one who may take it and do the act."""
        if item.assignee_id is not None:
            return self.tale.officers.by_post[item.assignee_id]
        actor = pick(self.rng, self._able(item, act))
        if actor is None:
            raise NotYet  # there is nobody: the item lies
        return actor

    def _able(self, item: WorkItem, act: str = "") -> list[Actor]:
        return self.tale.officers.able(
            department_id=item.department_id,
            unit_id=item.unit_id,
            role=item.role,
            roles=TRANSITIONS[act].roles if act else (),
            excluded=item.excluded_persons,
        )

    def _claim(self, item: WorkItem, actor: Actor, at: dt.datetime, share: float = 0.5) -> None:
        """Some take an item in hand before they work on it."""
        if item.assignee_id is None and self.rng.random() < share:
            earlier = at - dt.timedelta(minutes=self.rng.randint(2, 25))
            if earlier > self.tale.now:
                self.tale.claim(earlier, actor, item)

    # --- Receipt ----------------------------------------------------------------------------------------

    def _receive(self) -> None:
        tale = self.tale
        has_a_fee = tale.state == CaseState.SUBMITTED
        if has_a_fee:
            self._rest("pay")
            if self._happens(0.02):
                tale.withdraw(self._at_home((20, 70)), self._say("withdraw"))
                return
            tale.pay(self._at_home((0.03, 0.4) if self.rng.random() < 0.85 else (3, 30)))
        if tale.state != CaseState.RECEIVED:
            return
        # Whoever has just paid waits; given up now, the fee would be given back.
        given_up = self.course.outcome == "withdrawn" or (not self.course.outcome and self._happens(0.04))
        if given_up and tale.procedure.can_withdraw and not has_a_fee:
            tale.withdraw(self._at_home((1, 20)), self._say("withdraw"))
            return
        self._look(first=True)

    def _look(self, *, first: bool) -> None:
        """The office accepts, asks for everything that is missing, or does not accept."""
        tale = self.tale
        (item,) = tale.work.open_items("accept")
        if self.course.stop == "accept":
            self._perhaps_hold(item, "accept")
        at = self._at(self._days_to_accept())
        if tale.state != CaseState.RECEIVED:
            return  # accepted by silence meanwhile
        actor = self._who(item, "accept")
        self._claim(item, actor, at, 0.3)
        correction = tale.procedure.correction is not None and bool(self._correctable())
        wanted = self.course.corrected or self.course.stop == "correction"
        if first and correction and (wanted or self._happens(0.13)) and self._in_window(at):
            self._correct(at, actor)
        elif first and not self.course.outcome and self._happens(0.025):
            tale.not_accept(at, actor, self._say("not_accept"))
        else:
            tale.accept(at, actor)

    def _days_to_accept(self) -> int:
        """Rarely so late that the limit for saying anything has passed."""
        if self.tale.case.version.case_kind == "instant" or self.rng.random() < 0.6:
            return 0
        running = self.tale.clocks.running(["acceptance"])
        days = self.rng.choice((1, 1, 1, 2, 2, 3))
        return min(days, running[0].limit) if running and self.rng.random() < 0.95 else days

    def _in_window(self, at: dt.datetime) -> bool:
        """Corrections are asked for within the time of the procedure."""
        running = self.tale.clocks.running(["acceptance"])
        return not running or at < running[0].due_at

    def _correctable(self) -> list[dict[str, Any]]:
        """Files that were attached, else free text that was written."""
        case = self.tale.case
        names = {each["key"]: each["name"] for each in case.version.materials}
        files = [
            {"material": file.material, "label": names[file.material]}
            for file in self.tale.files
            if file.material in names
        ]
        if files:
            return files
        questions: Mapping[str, Any] = (case.version.form or {}).get("properties", {})
        return [
            {"field": key, "label": question.get("x-title")}
            for key, question in questions.items()
            if question.get("x-widget") == "textarea" and len(str(case.answers.get(key, ""))) in range(1, 150)
        ]

    def _correct(self, at: dt.datetime, actor: Actor) -> None:
        tale = self.tale
        wanted = self._correctable()
        items = [
            {**each, "message": self._say("correction_field" if "field" in each else "correction_file")}
            for each in self.rng.sample(wanted, k=min(len(wanted), self.rng.choice((1, 1, 2))))
        ]
        tale.request_correction(at, actor, items)
        self._rest("correction")
        if self._happens(0.08):
            self._silence()
            return
        answered = self._at_home((4, 90))
        if tale.state != CaseState.CORRECTION:
            return
        tale.answer_correction(
            answered,
            answers={
                each["field"]: f"{tale.case.answers[each['field']]}（已补充）" for each in items if "field" in each
            },
            files=[(each["material"], self._file(each["material"], answered)) for each in items if "material" in each],
        )
        self._look(first=False)

    def _silence(self) -> None:
        """Nothing is corrected: the limit passes, and the law says what follows."""
        due = self.tale.corrections[-1].respond_by + dt.timedelta(minutes=5)
        self._reached(due)
        if self.tale.state == CaseState.RECEIVED:
            self._look(first=False)

    def _file(self, material: str, at: dt.datetime) -> StoredFile:
        return self._new_file(material, at)

    def _perhaps_hold(self, item: WorkItem, act: str = "") -> None:
        """The item lies on the unit's list, or in somebody's hand."""
        if item.assignee_id is None and self.rng.random() < 0.45:
            actor = pick(self.rng, self._able(item, act))
            at = self._at(0)
            if actor is not None and item in self.tale.work.open_items():
                self.tale.claim(at, actor, item)
        raise NotYet

    # --- Review -----------------------------------------------------------------------------------------

    def _review(self) -> None:
        tale = self.tale
        if tale.state != CaseState.ACCEPTED:
            return
        self._converse()
        plan = self._schedule()
        self._interruptions()
        while tale.state == CaseState.ACCEPTED:
            item = self._next_item()
            at = self._at(max(plan.pop(0) if plan else 1, 0))
            if item.state not in ("open", "claimed") or tale.state != CaseState.ACCEPTED:
                continue
            self._work(item, at)
        if tale.state == CaseState.DECIDED:
            self._hand_over()

    def _schedule(self) -> list[int]:
        """Working days before each step, so that all together take the share of the promise."""
        version = self.tale.case.version
        whole = version.promised_limit * (5 / 7 if version.promised_unit == "d" else 1)
        steps = max(len((version.plan or {"steps": [1]})["steps"]), 1)
        marks = [math.floor(whole * self.share * (number + 1) / steps) for number in range(steps)]
        return [mark - before for mark, before in zip(marks, [0, *marks[:-1]], strict=True)]

    def _next_item(self) -> WorkItem:
        item = next(item for item in self.tale.work.open_items() if item.step is not None)
        if self.course.stop == item.kind:
            self._perhaps_hold(item)
        return item

    def _work(self, item: WorkItem, at: dt.datetime) -> None:
        tale = self.tale
        actor = self._who(item)
        self._claim(item, actor, at)
        if item.kind == "decide":
            outcome, reasons, cited = self._verdict()
            tale.draft_decision(at, actor, outcome=outcome, reasons=reasons, citations=cited)
        elif item.kind == "sign":
            tale.sign_decision(at, actor)
        else:
            self._step(item, actor, at)

    def _step(self, item: WorkItem, actor: Actor, at: dt.datetime) -> None:
        definition = self.tale.work.step_of(item)
        forward = [each.key for each in definition.outcomes if not each.back_to] if definition else []
        refuse = self.course.outcome == "refused" and item.kind == "inspection"
        outcome = forward[-1] if refuse and forward else (forward[0] if forward else "")
        key = {"inspection": "inspection_failed" if refuse else "inspection"}.get(item.kind, "step")
        wanted = (definition.persons if definition else 1) - 1
        others = [each for each in self._able(item) if each.party_id != actor.party_id][:wanted]
        if len(others) < wanted:
            raise NotYet  # two must do it, and there is only one
        self.tale.complete_step(at, actor, item, outcome=outcome, note=self._say(key), others=others)

    def _verdict(self) -> tuple[str, str, list[dict[str, str]]]:
        """What the table of the service advises, else what was decided beforehand, else chance."""
        case, procedure = self.tale.case, self.tale.procedure
        advice = deciding.advice_on(case)
        if advice is not None and advice.outcome:
            cited = [{"instrument": each["instrument"], "article": each["article"]} for each in advice.citations]
            return advice.outcome, advice.reasons, cited if advice.outcome != "granted" else []
        refused = self.course.outcome == "refused" or (not self.course.outcome and self.rng.random() < 0.06)
        outcome = "refused" if refused and procedure.can_refuse else "granted"
        basis = case.version.legal_basis[:1] if outcome == "refused" else []
        cited = [{"instrument": each["instrument"], "article": each.get("article", "")} for each in basis]
        return outcome, self._say(outcome), cited

    def _interruptions(self) -> None:
        """Opinions of others, special procedures, more time: before the plan goes on."""
        tale, stop = self.tale, self.course.stop
        steps = [item for item in tale.work.open_items() if item.step is not None]
        if not steps:
            return
        if stop == "opinion" or (self.advisers and self._happens(0.25)):
            self._ask(steps[0])
        if tale.state != CaseState.ACCEPTED:
            return
        special = facts.special_procedures(tale.case, tale.procedure) if tale.case.version.special_procedures else []
        if special and (stop == "suspension" or self._happens(0.08)):
            self._suspend(steps[0], special)
        if tale.procedure.extension and (stop == "extension" or self._happens(0.03)):
            self._extend(steps[0])

    def _handler(self, item: WorkItem, act: str) -> Actor:
        """Who has the case in hand and may do the act; else one of the unit, with no colleague's hand on it."""
        actor = self._who(item)
        if actor.roles & TRANSITIONS[act].roles:
            return actor
        leading = [each for each in self._able(item, act) if each.has_role("section_head")]
        if not leading:
            raise NotYet
        return leading[0]

    def _ask(self, item: WorkItem) -> None:
        tale = self.tale
        if not self.advisers:
            return
        unit = self.rng.choice(list(self.advisers))
        shared = [key for key, value in tale.case.answers.items() if isinstance(value, str) and value][-3:]
        tale.ask_opinion(
            self._at(), self._handler(item, "ask_opinion"), unit=unit, question=self._say("question"), shared=shared
        )
        self._rest("opinion")
        (asked,) = tale.work.open_items("opinion_answer")
        at = self._at(self.rng.choice((0, 1, 1, 2, 3)))
        stance = "conditions" if self.rng.random() < 0.15 else "agree"
        tale.give_opinion(at, self._who(asked), stance=stance, answer=self._say(f"opinion_{stance}"))

    def _suspend(self, item: WorkItem, special: Sequence[Any]) -> None:
        tale = self.tale
        chosen = self.rng.choice(list(special))
        days = min(chosen.max_days, self.rng.choice((5, 8, 10)))
        actor = self._handler(item, "suspend")
        tale.suspend(self._at(), actor, procedure=chosen.key, reason=self._say("suspend"), days=days)
        self._rest("suspension")
        at = self._at(self.rng.randint(1, max(days - 1, 1)))
        if tale.state == CaseState.SUSPENDED:
            tale.resume(at, self._handler(item, "resume"), result=self._say("resume"))

    def _extend(self, item: WorkItem) -> None:
        tale = self.tale
        at = self._at(1)
        due = tale.case.statutory_due_at
        if due is not None and at >= due:
            return
        days = min(tale.procedure.extension.limit, self.rng.choice((3, 5)))  # type: ignore[union-attr]
        tale.propose_extension(at, self._handler(item, "propose_extension"), days=days, reason=self._say("extension"))
        self._rest("extension")
        (asked,) = tale.work.open_items("extension")
        tale.decide_extension(self._at(), self._who(asked), approved=True)

    def _hand_over(self) -> None:
        self._rest("deliver")
        (item,) = self.tale.work.open_items("deliver")
        at = self._at(self.rng.choice((0, 1, 2)))
        self.tale.deliver(at, self._who(item, "deliver"))

    # --- What people say ----------------------------------------------------------------------------------

    def _converse(self) -> None:
        """The applicant asks something; mostly it is answered soon."""
        tale = self.tale
        if self.course.stop != "message" and not self._happens(0.1):
            return
        tale.send_message(self._at_home((0.5, 15)), tale.applicant, self._say("ask"))
        self._rest("message")
        at = self._at(self.rng.choice((0, 0, 1, 1, 2)))
        items = tale.work.open_items("message")
        if items and tale.state == CaseState.ACCEPTED:
            tale.send_message(at, self._who(items[0]), self._say("answer"))

    def _afterwards(self) -> None:
        """Ratings, and what is done about bad ones."""
        tale, course = self.tale, self.course
        if tale.state not in DONE or (course.rating is None and not self._happens(0.45)):
            return
        grade = course.rating or self.rng.choices((5, 4, 3, 2, 1), (60, 26, 8, 3, 3))[0]
        if tale.case.overdue_at and course.rating is None:
            grade = max(1, grade - self.rng.choice((0, 1, 2)))
        kind = "good" if grade >= 4 else "middle" if grade == 3 else "bad"
        tags = self.rng.sample(_TAGS[kind], k=self.rng.choice((0, 1, 2)))
        tale.rate(self._at_home((0.3, 80)), grade=grade, tags=tags, text=self._say(f"rating_{kind}"))
        if kind == "bad":
            self._put_right()

    def _put_right(self) -> None:
        tale = self.tale
        calls = tale.work.open_items("verify_rating")
        supervisor = tale.officers.supervisor_of(tale.case.region)
        if calls and supervisor is not None:
            at = self._at(self.rng.choice((0, 1, 1, 2)))
            tale.verify_rating(at, supervisor, justified=self.rng.random() < 0.7, note=self._say("call_back"))
        items = tale.work.open_items("rectify")
        if not items:
            return
        at = self._at(self.rng.choice((1, 2, 3, 4, 6)))
        tale.rectify_rating(
            at, self._who(items[0]), rectification=self._say("rectification"), public_answer=self._say("public_answer")
        )
        if self.rng.random() < 0.5:
            tale.rate_again(self._at_home((5, 60)), grade=self.rng.choice((3, 4, 4, 5)))


_TAGS: Mapping[str, Sequence[str]] = {
    "good": ("fast", "clear", "friendly", "online_throughout"),
    "middle": ("clear", "slow", "unclear"),
    "bad": ("slow", "unclear", "unfriendly", "too_many_papers", "had_to_come"),
}
