"""The clock stopped and extended, opinions of others, as they would have been written. See ``tale``."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.casework import facts, letters, opening
from egov.casework.actions.review import TASK_EXTENSION, TASK_OPINION
from egov.casework.demo.decisions import Deciding
from egov.casework.demo.telling import key_of
from egov.casework.models import (
    Extension,
    OpinionRequest,
    Suspension,
)
from egov.casework.registry import opinion_procedures
from egov.deadlines import queries as calendars
from egov.deadlines.rules import due_at
from egov.identity.models import Unit
from egov.kernel.actor import Actor
from egov.kernel.text import localise


class Reviewing(Deciding):
    """What comes between acceptance and decision."""

    def suspend(self, at: dt.datetime, actor: Actor, *, procedure: str, reason: str, days: int) -> None:
        self._begin(at, "suspend", actor, procedure=procedure, reason=reason, days=days)
        special = next(each for each in facts.special_procedures(self.case, self.procedure) if each.key == procedure)
        self.clocks.pause(at, reason=procedure, kinds=opening.DECISION_CLOCKS)
        clock_ = self._start_clock(opening.SUSPENSION, days, special.unit, special.basis)
        until = dt.date.fromisoformat(letters.last_day_of(clock_.due_at))
        self.suspensions.append(Suspension(case=self.case, procedure=procedure, reason=reason, from_at=at, until=until))
        self.work.pause()
        self._finish("suspend", actor, note=reason, content={"procedure": procedure, "until": until.isoformat()})
        rows = [(_("At the latest until"), until.isoformat())]
        self._paper(actor, letters.ruling_spec(self.case, self.procedure, "suspend", reasons=reason, rows=rows))

    def resume(self, at: dt.datetime, actor: Actor, *, result: str) -> None:
        self._begin(at, "resume", actor, result=result)
        self._resume(actor, result)

    def _resume(self, actor: Actor, result: str) -> None:
        for each in self.suspensions:
            if each.ended_at is None:
                each.ended_at, each.result = self.now, result
        self.clocks.stop(self.now, opening.SUSPENSION)
        changes = self._dues(self.clocks.resume(self.now))
        self.work.resume(changes["promised_due_at"])
        self.work.reschedule(changes["promised_due_at"])
        self._finish("resume", actor, note=result, changes=changes)

    def propose_extension(self, at: dt.datetime, actor: Actor, *, days: int, reason: str) -> None:
        self._begin(at, "propose_extension", actor, days=days, reason=reason)
        rules = self.procedure.extension
        if rules is None:
            raise ValueError("this procedure knows no extension")
        self.extensions.append(
            Extension(case=self.case, days=days, reason=reason, asked_by_id=actor.own_post_id, asked_at=at)
        )
        heads = [
            each for each in self.officers.by_department[self.case.department_id] if "department_head" in each.roles
        ]
        by_head = rules.approver_role == "department_head" and heads
        self.work.open_item(
            opening.item_for(
                self.case,
                "extension",
                TASK_EXTENSION,
                due=self.case.statutory_due_at,
                role=rules.approver_role,
                unit_id=heads[0].unit_id if by_head else self.case.unit_id,
                excluded_persons=[actor.party_id] if actor.party_id else [],
            ),
            at,
        )
        self._finish("propose_extension", actor, note=reason, content={"days": days})

    def decide_extension(self, at: dt.datetime, actor: Actor, *, approved: bool, note: str = "") -> None:
        self._begin(at, "decide_extension", actor, approved=approved, note=note)
        extension = self.extensions[-1]
        extension.approved, extension.decided_by_id, extension.decided_at = approved, actor.post_id, at
        changes: dict[str, Any] = {}
        if approved:
            due = {
                kind: self.clocks.extend(kind, extension.days)
                for kind in opening.DECISION_CLOCKS
                if kind == opening.PROMISED or self.case.statutory_due_at is not None
            }
            changes = {**self._dues(due), "overdue_at": None}
            self.work.reschedule(changes["promised_due_at"])
        act = "extend" if approved else "refuse_extension"
        self._finish(act, actor, note=extension.reason if approved else note, changes=changes)
        (item,) = self.work.open_items("extension")
        self._complete(actor, item, outcome="approved" if approved else "refused", note=note)
        if approved:
            until = letters.last_day_of(self.case.statutory_due_at or self.case.promised_due_at)
            rows = [(_("New date"), until)]
            spec = letters.ruling_spec(self.case, self.procedure, "extend", reasons=extension.reason, rows=rows)
            self._paper(actor, spec)

    def _dues(self, due: Mapping[str, dt.datetime]) -> dict[str, Any]:
        return {
            "promised_due_at": due.get(opening.PROMISED, self.case.promised_due_at),
            "statutory_due_at": due.get(opening.STATUTORY, self.case.statutory_due_at),
        }

    def ask_opinion(self, at: dt.datetime, actor: Actor, *, unit: Unit, question: str, shared: Sequence[str]) -> None:
        self._begin(at, "ask_opinion", actor, unit=unit.key, question=question, shared_fields=list(shared))
        way = opinion_procedures.get("written")
        due = due_at(at, way.limit, "wd", calendars.working_days(unit.department_id))
        request = OpinionRequest(
            case=self.case,
            procedure=way.key,
            department_id=unit.department_id,
            unit=unit,
            question=question,
            shared_fields=list(shared),
            asked_by_id=actor.own_post_id,
            asked_at=at,
            due_at=due,
        )
        self.opinions.append(request)
        self.work.open_item(
            opening.item_for(
                self.case,
                "opinion_answer",
                TASK_OPINION,
                due=due,
                department_id=unit.department_id,
                unit_id=unit.pk,
                applicant_name="",
                excluded_persons=[actor.party_id] if actor.party_id else [],
            ),
            at,
        )
        note = localise(unit.name, self.case.language)
        self._finish("ask_opinion", actor, note=note, refs=[key_of("opinion", request)], content=question)

    def give_opinion(self, at: dt.datetime, actor: Actor, *, stance: str, answer: str) -> None:
        self._begin(at, "give_opinion", actor, stance=stance, answer=answer)
        request = next(each for each in self.opinions if each.answered_at is None)
        request.stance, request.answer, request.answered_at, request.answered_by_id = stance, answer, at, actor.post_id
        note = localise(request.unit.name, self.case.language)
        content = {"stance": stance, "answer": answer}
        self._finish("give_opinion", actor, note=note, refs=[key_of("opinion", request)], content=content)
        (item,) = [each for each in self.work.open_items("opinion_answer") if each.unit_id == request.unit_id]
        self._complete(actor, item, outcome=stance, note=answer)
