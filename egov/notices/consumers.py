"""Events that people hear of: what each of them is told. No statement but the one notice."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from egov.contracts.cases import (
    CaseChanged,
    CaseDecided,
    CaseMessageSent,
    ChangeDecided,
    CorrectionRequested,
    DeadlineMissed,
    MembersUndone,
    SubmissionAccepted,
)
from egov.contracts.documents import CredentialIssued, CredentialRevoked
from egov.contracts.money import BillPaid, DisbursementReturned, DisbursementSettled, RefundSettled
from egov.kernel.actor import SYSTEM
from egov.kernel.events import Event
from egov.kernel.money import from_fen
from egov.kernel.outbox import consumes
from egov.kernel.refs import Ref
from egov.kernel.text import localise
from egov.notices import texts
from egov.notices.actions import notify

# Moves that are told by an event of their own.
TOLD_OTHERWISE = frozenset({"request_correction", "grant", "refuse", "decide", "sign_decision", "open"})
OUTCOMES = {
    "granted": {"zh-Hans": "准予", "en": "granted"},
    "refused": {"zh-Hans": "不予", "en": "refused"},
    "partly": {"zh-Hans": "部分准予", "en": "granted in part"},
}
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One notice: to whom, under which key, of what kind; see ``actions.notify``."""

    recipient_id: int
    key: str
    kind: str
    subject: Ref
    context: Mapping[str, Any] = field(default_factory=dict)
    needs_action: bool = False


_writers: dict[type[Event], Callable[[Any], Told | None]] = {}


def told_of(event: Event) -> Told | None:
    """What is told of an event; None when nobody hears of it."""
    write = _writers.get(type(event))
    return write(event) if write else None


def _tells(event: type[E], *, key: str) -> Callable[[Callable[[E], Told | None]], Callable[[E], Told | None]]:
    """Notify of ``event`` what the decorated function says."""

    def register(write: Callable[[E], Told | None]) -> Callable[[E], Told | None]:
        _writers[event] = write

        @consumes(event, key=key)
        def tell(one: E) -> None:
            told = write(one)
            if told is not None:
                notify(
                    SYSTEM,
                    recipients=[told.recipient_id],
                    key=told.key,
                    kind=told.kind,
                    subject=told.subject,
                    context=told.context,
                    needs_action=told.needs_action,
                )

        return write

    return register


ACT_KINDS = {"suspend": "case_suspended", "resume": "case_resumed", "extend": "case_extended"}


@_tells(SubmissionAccepted, key="notices.submission_accepted")
def tell_submission(event: SubmissionAccepted) -> Told:
    return Told(
        recipient_id=event.applicant_id,
        key=f"submission:{event.submission}",
        kind="submission_accepted",
        subject=Ref("matter", event.matter),
        context={"reference": event.submission},
    )


@_tells(CaseChanged, key="notices.case_changed")
def tell_change(event: CaseChanged) -> Told | None:
    if event.act in TOLD_OTHERWISE:
        return None
    kind = ACT_KINDS.get(event.act) or f"case_{event.after}"
    if kind not in texts.kinds():
        kind = "case_changed"
    return Told(
        recipient_id=event.applicant_id,
        key=f"case:{event.case}:{event.act}:{event.before}:{event.after}",
        kind=kind,
        subject=Ref("case", event.case),
        context={"reference": event.case},
        needs_action=event.after == "delivered",
    )


@_tells(CaseDecided, key="notices.case_decided")
def tell_decision(event: CaseDecided) -> Told:
    return Told(
        recipient_id=event.applicant_id,
        key=f"case:{event.case}:decided",
        kind="case_decided",
        subject=Ref("case", event.case),
        context={"outcome": OUTCOMES.get(event.outcome, event.outcome)},
    )


@_tells(CorrectionRequested, key="notices.correction_requested")
def tell_correction(event: CorrectionRequested) -> Told:
    return Told(
        recipient_id=event.applicant_id,
        key=f"case:{event.case}:correction:{event.respond_by}",
        kind="correction_requested",
        subject=Ref("matter", event.matter),  # whose page has all that its departments ask
        context={"respond_by": dt.datetime.fromisoformat(event.respond_by)},
        needs_action=True,
    )


@_tells(ChangeDecided, key="notices.change_decided")
def tell_change_of_answers(event: ChangeDecided) -> Told:
    return Told(
        recipient_id=event.applicant_id,
        key=f"case:{event.case}:change:{event.change_id}",
        kind="case_change_accepted" if event.accepted else "case_change_refused",
        subject=Ref("case", event.case),
    )


@_tells(MembersUndone, key="notices.members_undone")
def tell_undone(event: MembersUndone) -> Told:
    joint = {"zh-Hans": "、", "en": ", "}
    named = {tag: mark.join(localise(name, tag) for name in event.services) for tag, mark in joint.items()}
    return Told(
        recipient_id=event.applicant_id,
        key=f"matter:{event.matter}:undone:{event.because_of}",
        kind="members_undone",
        subject=Ref("matter", event.matter),
        context={"services": named},
    )


@_tells(CaseMessageSent, key="notices.case_message")
def tell_message(event: CaseMessageSent) -> Told | None:
    if event.from_applicant:
        return None  # the unit reads it in its inbox
    return Told(
        recipient_id=event.applicant_id,
        key=f"case:{event.case}:message:{event.message_id}",
        kind="case_message",
        subject=Ref("case", event.case),
    )


@_tells(DeadlineMissed, key="notices.deadline_missed")
def tell_missed(event: DeadlineMissed) -> Told:
    return Told(
        recipient_id=event.applicant_id,
        key=f"case:{event.case}:missed:{event.statutory}",
        kind="deadline_missed",
        subject=Ref("case", event.case),
    )


@_tells(BillPaid, key="notices.bill_paid")
def tell_payment(event: BillPaid) -> Told:
    return Told(
        recipient_id=event.payer_id,
        key=f"bill:{event.bill}:paid",
        kind="bill_paid",
        subject=Ref("bill", event.bill),
        context={"reference": event.bill, "amount": from_fen(event.amount_fen)},
    )


@_tells(RefundSettled, key="notices.refund_settled")
def tell_refund(event: RefundSettled) -> Told:
    return Told(
        recipient_id=event.payer_id,
        key=f"refund:{event.refund}",
        kind="refund_settled",
        subject=Ref("bill", event.bill),
        context={"reference": event.bill, "amount": from_fen(event.amount_fen)},
    )


@_tells(DisbursementSettled, key="notices.disbursement_settled")
def tell_money_sent(event: DisbursementSettled) -> Told:
    return Told(
        recipient_id=event.payee_id,
        key=f"disbursement:{event.disbursement}:settled",
        kind="disbursement_settled",
        subject=Ref("disbursement", event.disbursement),
        context={"amount": from_fen(event.amount_fen)},
    )


@_tells(DisbursementReturned, key="notices.disbursement_returned")
def tell_money_returned(event: DisbursementReturned) -> Told:
    return Told(
        recipient_id=event.payee_id,
        key=f"disbursement:{event.disbursement}:returned",
        kind="disbursement_returned",
        subject=Ref("disbursement", event.disbursement),
        context={"amount": from_fen(event.amount_fen)},
        needs_action=True,
    )


@_tells(CredentialIssued, key="notices.credential_issued")
def tell_issue(event: CredentialIssued) -> Told:
    return Told(
        recipient_id=event.holder_id,
        key=f"credential:{event.credential}:issued",
        kind="credential_issued",
        subject=Ref("credential", event.credential),
        context={"reference": event.credential},
    )


@_tells(CredentialRevoked, key="notices.credential_revoked")
def tell_revocation(event: CredentialRevoked) -> Told:
    """A certificate may be suspended more than once, so each event is told; the key is the moment's."""
    suspended = event.reason == "suspended"
    return Told(
        recipient_id=event.holder_id,
        key=f"credential:{event.credential}:{event.reason}:{event.at}",
        kind="credential_suspended" if suspended else "credential_revoked",
        subject=Ref("credential", event.credential),
        context={"reference": event.credential},
        needs_action=True,
    )
