"""Ways a case ends without a decision, and what passing time brings about."""

import datetime as dt
from collections.abc import Callable

import structlog
from django.db import transaction

from egov.casework import letters, opening
from egov.casework.actions.acceptance import deem_accepted, required, take_as_it_is
from egov.casework.actions.decision import close
from egov.casework.actions.review import resume
from egov.casework.facts import procedure_of
from egov.casework.models import Case, CaseState
from egov.casework.moving import Move, begin, finish, lock
from egov.casework.rules.lifecycle import CORRECTION, RECEIVED, SUSPENDED
from egov.contracts.cases import DeadlineMissed
from egov.deadlines import actions as deadlines
from egov.deadlines.models import Clock
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import EgovError
from egov.kernel.refs import Ref
from egov.kernel.text import localise
from egov.work import actions as work

logger = structlog.get_logger(__name__)

SILENT = {
    "zh-Hans": "申请人在告知的期限内没有补正。",
    "en": "Nothing was corrected within the time given.",
}
# A rating may be supplemented for some days after delivery; then the case is closed.
CLOSE_AFTER = dt.timedelta(days=5)


@transaction.atomic
def withdraw(actor: Actor, *, case: str, reason: str = "", lock_version: int | None = None) -> Case:
    """The applicant takes the application back before it is decided."""
    move = begin(actor, "withdraw", case, lock_version)
    row = _end(move, reason.strip())
    letters.ruling(move, "withdraw", reasons=reason.strip())
    return row


@transaction.atomic
def terminate(actor: Actor, *, case: str, reason: str, lock_version: int | None = None) -> Case:
    """The procedure ends without a decision: the person died, the matter ceased, or nothing came after a correction."""
    move = begin(actor, "terminate", case, lock_version)
    told = required("reason", reason)
    row = _end(move, told)
    letters.ruling(move, "terminate", reasons=told)
    return row


def _end(move: Move, note: str) -> Case:
    deadlines.stop(move.actor, subject=move.ref)
    work.cancel_for(move.actor, subject=move.ref)
    return finish(move, note=note, changes={"closed_at": move.now})


# --- Time passes ------------------------------------------------------------------------------------


def follow_missed_clock(actor: Actor, *, case: str, kind: str) -> None:
    """What a passed limit means for the case: acceptance by silence, termination, the clock runs again, or a miss."""
    follow = _FOLLOW.get(kind)
    if follow is not None:
        follow(actor, case)


def _acceptance_passed(actor: Actor, case: str) -> None:
    with transaction.atomic():
        lock(case)
        row = Case.objects.select_related("version").get(reference=case)
        if row.state != RECEIVED or not _still_missed(case, opening.ACCEPTANCE):
            return
        correction = procedure_of(row).correction
        if correction is not None and correction.deemed_accepted:
            deem_accepted(actor, case=case)


def _correction_passed(actor: Actor, case: str) -> None:
    """Silence after a correction request: terminated, taken back, or decided on what there is, as the law says."""
    with transaction.atomic():
        lock(case)
        row = Case.objects.select_related("version").get(reference=case)
        if row.state != CORRECTION or not _still_missed(case, opening.CORRECTION):
            return
        correction = procedure_of(row).correction
        if correction is not None and correction.on_silence == "decide":
            take_as_it_is(actor, case=case)
        else:
            terminate(actor, case=case, reason=localise(SILENT, row.language))


def _suspension_passed(actor: Actor, case: str) -> None:
    with transaction.atomic():
        lock(case)
        if Case.objects.get(reference=case).state == SUSPENDED and _still_missed(case, opening.SUSPENSION):
            resume(actor, case=case)


def _decision_overdue(actor: Actor, case: str, *, statutory: bool) -> None:
    with transaction.atomic():
        lock(case)
        row = Case.objects.select_related("service").get(reference=case)
        if not _still_missed(case, opening.STATUTORY if statutory else opening.PROMISED):
            return
        if row.overdue_at is None:
            row.overdue_at = clock.now()
            row.save(update_fields=["overdue_at"])
        journal.record(actor, "casework.overdue", Ref("case", case), content={"statutory": statutory})
        outbox.emit(
            DeadlineMissed(
                case=case,
                service=row.service.code,
                department_id=row.department_id,
                applicant_id=row.applicant_id,
                statutory=statutory,
            )
        )


_FOLLOW: dict[str, Callable[[Actor, str], None]] = {
    opening.ACCEPTANCE: _acceptance_passed,
    opening.CORRECTION: _correction_passed,
    opening.SUSPENSION: _suspension_passed,
    opening.PROMISED: lambda actor, case: _decision_overdue(actor, case, statutory=False),
    opening.STATUTORY: lambda actor, case: _decision_overdue(actor, case, statutory=True),
}


def _still_missed(case: str, kind: str) -> bool:
    """Whether the clock was not stopped or moved since it was marked."""
    return Clock.objects.filter(
        subject=f"case:{case}", kind=kind, stopped_at__isnull=True, paused_at__isnull=True, due_at__lte=clock.now()
    ).exists()


def close_delivered(actor: Actor, *, limit: int = 500) -> int:
    """Close what was delivered some days ago; returns how many."""
    before = clock.now() - CLOSE_AFTER
    references = Case.objects.filter(state=CaseState.DELIVERED, delivered_at__lt=before).order_by("delivered_at")
    closed = 0
    for reference in references.values_list("reference", flat=True)[:limit]:
        try:
            close(SYSTEM, case=reference)
            closed += 1
        except EgovError as error:  # somebody acted on it meanwhile
            logger.info("case_not_closed", case=reference, code=error.code)
    return closed
