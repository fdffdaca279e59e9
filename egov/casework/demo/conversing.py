"""Messages and ratings, as they would have been written. See ``tale``."""

import datetime as dt
from collections.abc import Sequence

from egov.casework import opening
from egov.casework.actions.conversation import ANSWER_MESSAGE_WITHIN, TASK_MESSAGE, TASK_RECTIFY, TASK_VERIFY
from egov.casework.demo.telling import Telling, key_of
from egov.casework.models import (
    Message,
    Rating,
)
from egov.casework.rules import ratings
from egov.contracts.cases import CaseMessageSent
from egov.deadlines import queries as calendars
from egov.deadlines.rules import due_at
from egov.kernel.actor import Actor
from egov.kernel.text import LocalisedText


class Conversing(Telling):
    """What applicant and office say to each other, before and after the decision."""

    def send_message(self, at: dt.datetime, actor: Actor, text: str) -> None:
        """From the applicant it becomes work until somebody answers."""
        self._begin(at, "send_message", actor, text=text)
        theirs = actor is self.applicant
        message = Message(
            case=self.case,
            from_applicant=theirs,
            post_id=None if theirs else actor.post_id,
            party_id=actor.party_id,
            text=text,
            at=at,
        )
        if theirs and not self.work.open_items("message"):
            due = due_at(at, ANSWER_MESSAGE_WITHIN, "wd", calendars.working_days(self.case.department_id))
            item = opening.item_for(self.case, "message", TASK_MESSAGE, due=due, assignee_id=self.case.handler_id)
            self.work.open_item(item, at)
        if not theirs:
            for each in self.messages:
                if each.from_applicant:
                    each.read_at = each.read_at or at
            self.work.settle(actor, at, kinds=["message"], outcome="answered")
        self.messages.append(message)
        self._tell(
            lambda: CaseMessageSent(
                case=self.case.reference,
                message_id=message.pk,
                applicant_id=self.case.applicant_id,
                from_applicant=theirs,
            )
        )
        self._finish("send_message", actor, refs=[key_of("message", message)], content=text)

    def rate(self, at: dt.datetime, *, grade: int, tags: Sequence[str], text: str) -> None:
        self._begin(at, "rate", self.applicant, grade=grade, tags=list(tags), text=text)
        self.rating = Rating(case=self.case, grade=grade, tags=sorted(tags), text=text, at=at)
        if ratings.is_bad(grade):
            self._open_call_back()
        self._finish("rate", self.applicant, content={"grade": grade, "tags": sorted(tags), "text": text})

    def _open_call_back(self) -> None:
        post = self.officers.supervisor_of(self.case.region)
        if post is None:
            self._open_rectification()
            return
        days = calendars.working_days(post.department_id)
        self.work.open_item(
            opening.item_for(
                self.case,
                "verify_rating",
                TASK_VERIFY,
                role="supervisor",
                due=due_at(self.now, ratings.VERIFY_WITHIN, "wd", days),
                department_id=post.department_id,
                unit_id=post.unit_id,
            ),
            self.now,
        )

    def _open_rectification(self) -> None:
        days = calendars.working_days(self.case.department_id)
        due = due_at(self.now, ratings.ANSWER_WITHIN, "wd", days)
        self.work.open_item(opening.item_for(self.case, "rectify", TASK_RECTIFY, due=due), self.now)

    def verify_rating(self, at: dt.datetime, actor: Actor, *, justified: bool, note: str) -> None:
        self._begin(at, "verify_rating", actor, justified=justified, note=note)
        self.rating.verified = justified  # type: ignore[union-attr]
        self.work.settle(actor, at, kinds=["verify_rating"], outcome="justified" if justified else "not")
        if justified:
            self._open_rectification()
        self._finish("verify_rating", actor, note=note, content={"justified": justified, "note": note})

    def rectify_rating(
        self, at: dt.datetime, actor: Actor, *, rectification: str, public_answer: LocalisedText
    ) -> None:
        told = {"rectification": rectification, "public_answer": dict(public_answer)}
        self._begin(at, "rectify_rating", actor, **told)
        rating: Rating = self.rating  # type: ignore[assignment]
        rating.rectified_at, rating.rectification, rating.public_answer = at, rectification, dict(public_answer)
        self.work.settle(actor, at, kinds=["rectify"], outcome="rectified")
        self._finish("rectify_rating", actor, content=told)

    def rate_again(self, at: dt.datetime, *, grade: int) -> None:
        self._begin(at, "rate_again", self.applicant, grade=grade)
        self.rating.second_grade = grade  # type: ignore[union-attr]
        self._finish("rate_again", self.applicant, content={"grade": grade})
