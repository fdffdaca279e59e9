"""Messages both ways, ratings and what is done about bad ones."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import opening
from egov.casework.actions.acceptance import required
from egov.casework.models import Case, Message, Rating
from egov.casework.moving import Move, begin, finish
from egov.casework.rules import ratings
from egov.casework.rules.lifecycle import Who
from egov.contracts.cases import CaseMessageSent, CaseRated
from egov.deadlines import queries as calendars
from egov.deadlines.rules import due_at
from egov.identity import queries as identity
from egov.identity.models import Post
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.work import actions as work

ANSWER_MESSAGE_WITHIN = 2  # working days
TASK_MESSAGE: LocalisedText = {"zh-Hans": "答复申请人的消息", "en": "Answer the applicant's message"}
TASK_VERIFY: LocalisedText = {"zh-Hans": "回访核实差评", "en": "Call back about a bad rating"}
TASK_RECTIFY: LocalisedText = {"zh-Hans": "整改差评", "en": "Put right what was rated badly"}


@transaction.atomic
def send_message(actor: Actor, *, case: str, text: str) -> Message:
    """A line on the case. From the applicant it becomes work for the unit until somebody answers."""
    move = begin(actor, "send_message", case)
    row = move.case
    said = required("text", text, _("Write your message."))
    from_applicant = Who.APPLICANT in move.party.parts
    message = Message.objects.create(
        case=row,
        from_applicant=from_applicant,
        post_id=None if from_applicant else actor.post_id,
        party_id=actor.party_id,
        text=said,
        at=move.now,
    )
    if from_applicant:
        _ask_for_answer(move)
    else:
        Message.objects.filter(case=row, from_applicant=True, read_at__isnull=True).update(read_at=move.now)
        work.settle_items(actor, subject=move.ref, kinds=["message"], outcome="answered")
    event = CaseMessageSent(
        case=row.reference, message_id=message.pk, applicant_id=row.applicant_id, from_applicant=from_applicant
    )
    finish(move, events=[event], refs=[Ref("message", str(message.pk))], content=said)
    return message


def _ask_for_answer(move: Move) -> None:
    if "message" in move.facts.tasks:
        return
    row = move.case
    due = due_at(move.now, ANSWER_MESSAGE_WITHIN, "wd", calendars.working_days(row.department_id))
    work.open_items(move.actor, [opening.item_for(row, "message", TASK_MESSAGE, due=due, assignee_id=row.handler_id)])


def read_messages(actor: Actor, *, case: str) -> int:
    """The applicant has seen what the unit wrote. Returns how many messages were new."""
    from_other_side = Message.objects.filter(
        case__reference=case, case__applicant_id=actor.on_behalf_of_id, from_applicant=False, read_at__isnull=True
    )
    return from_other_side.update(read_at=clock.now()) if actor.is_applicant else 0


# --- Ratings ----------------------------------------------------------------------------------------


@transaction.atomic
def rate(actor: Actor, *, case: str, grade: int, tags: Sequence[str] = (), text: str = "") -> Rating:
    """一事一评: 5 very satisfied … 1 very dissatisfied, once. A bad rating is called back about and answered."""
    move = begin(actor, "rate", case)
    row = move.case
    _check_grade(grade)
    unknown = set(tags) - set(ratings.TAGS)
    if unknown:
        raise InvalidInput.at("tags", "unknown", _("Choose from the reasons offered."))
    rating = Rating.objects.create(case=row, grade=grade, tags=sorted(tags), text=text.strip()[:2000], at=move.now)
    if ratings.is_bad(grade):
        _open_call_back(move)
    event = CaseRated(case=row.reference, service=row.service.code, department_id=row.department_id, grade=grade)
    finish(move, events=[event], content={"grade": grade, "tags": sorted(tags), "text": text})
    return rating


def _check_grade(grade: int) -> None:
    if grade not in ratings.GRADES:
        raise InvalidInput.at("grade", "unknown", _("Choose one of the five levels."))


def _open_call_back(move: Move) -> None:
    """Whoever supervises for the region calls back; without such a post the unit that handled it answers at once."""
    row = move.case
    post = _supervisor(row)
    if post is None:
        _open_rectification(move)
        return
    days = calendars.working_days(post.unit.department_id)
    work.open_items(
        move.actor,
        [
            opening.item_for(
                row,
                "verify_rating",
                TASK_VERIFY,
                role="supervisor",
                due=due_at(move.now, ratings.VERIFY_WITHIN, "wd", days),
                department_id=post.unit.department_id,
                unit_id=post.unit_id,
            )
        ],
    )


def _supervisor(row: Case) -> Post | None:
    """A post of data administration competent for the region of the case, the nearest one."""
    chain = identity.region_chain(row.region)
    posts = (
        Post.objects.filter(roles__name="supervisor", valid_from__lte=clock.today())
        .exclude(valid_to__lt=clock.today())
        .filter(unit__department__party__region_id__in=chain)
        .select_related("unit__department__party")
    )
    nearest = sorted(posts, key=lambda post: (chain.index(post.unit.department.party.region_id or ""), post.pk))
    return nearest[0] if nearest else None


def _open_rectification(move: Move) -> None:
    row = move.case
    due = due_at(move.now, ratings.ANSWER_WITHIN, "wd", calendars.working_days(row.department_id))
    work.open_items(move.actor, [opening.item_for(row, "rectify", TASK_RECTIFY, due=due)])


@transaction.atomic
def verify_rating(actor: Actor, *, case: str, justified: bool, note: str, lock_version: int | None = None) -> Rating:
    """The call-back: a justified rating goes to the unit to be put right; one that is not is explained and kept."""
    move = begin(actor, "verify_rating", case, lock_version)
    told = required("note", note, _("Write what the call-back brought."))
    rating = Rating.objects.select_for_update().get(case=move.case)
    rating.verified = justified
    rating.save(update_fields=["verified"])
    work.settle_items(actor, subject=move.ref, kinds=["verify_rating"], outcome="justified" if justified else "not")
    if justified:
        _open_rectification(move)
    finish(move, note=told, content={"justified": justified, "note": told})
    return rating


@transaction.atomic
def rectify_rating(
    actor: Actor, *, case: str, rectification: str, public_answer: LocalisedText, lock_version: int | None = None
) -> Rating:
    """What the unit did about a bad rating; the answer is shown to the rater and, without names, to everybody."""
    move = begin(actor, "rectify_rating", case, lock_version)
    done = required("rectification", rectification, _("Write what was done."))
    if not any(text.strip() for text in public_answer.values()):
        raise InvalidInput.at("public_answer", "required", _("Write an answer that everybody may read."))
    rating = Rating.objects.select_for_update().get(case=move.case)
    rating.rectified_at, rating.rectification, rating.public_answer = move.now, done, dict(public_answer)
    rating.save(update_fields=["rectified_at", "rectification", "public_answer"])
    work.settle_items(actor, subject=move.ref, kinds=["rectify"], outcome="rectified")
    finish(move, content={"rectification": done, "public_answer": dict(public_answer)})
    return rating


@transaction.atomic
def rate_again(actor: Actor, *, case: str, grade: int) -> Rating:
    """The rater says what the answer was worth, once."""
    move = begin(actor, "rate_again", case)
    _check_grade(grade)
    rating = Rating.objects.select_for_update().get(case=move.case)
    rating.second_grade = grade
    rating.save(update_fields=["second_grade"])
    finish(move, content={"grade": grade})
    return rating
