"""Events that people hear of."""

import datetime as dt

from egov.contracts.cases import (
    CaseChanged,
    CaseDecided,
    CaseMessageSent,
    CorrectionRequested,
    DeadlineMissed,
    SubmissionAccepted,
)
from egov.contracts.documents import CredentialIssued, CredentialRevoked
from egov.contracts.money import BillPaid, DisbursementReturned, DisbursementSettled, RefundSettled
from egov.kernel.actor import SYSTEM
from egov.kernel.money import from_fen
from egov.kernel.outbox import consumes
from egov.kernel.refs import Ref
from egov.notices import texts
from egov.notices.actions import notify

# Moves that are told by an event of their own.
TOLD_OTHERWISE = frozenset({"request_correction", "grant", "refuse", "decide", "sign_decision", "open"})
OUTCOMES = {
    "granted": {"zh-Hans": "准予", "en": "granted"},
    "refused": {"zh-Hans": "不予", "en": "refused"},
    "partly": {"zh-Hans": "部分准予", "en": "granted in part"},
}
ACT_KINDS = {"suspend": "case_suspended", "resume": "case_resumed", "extend": "case_extended"}


@consumes(SubmissionAccepted, key="notices.submission_accepted")
def tell_submission(event: SubmissionAccepted) -> None:
    notify(
        SYSTEM,
        recipients=[event.applicant_id],
        key=f"submission:{event.submission}",
        kind="submission_accepted",
        subject=Ref("matter", event.matter),
        context={"reference": event.submission},
    )


@consumes(CaseChanged, key="notices.case_changed")
def tell_change(event: CaseChanged) -> None:
    if event.act in TOLD_OTHERWISE:
        return
    kind = ACT_KINDS.get(event.act) or f"case_{event.after}"
    if kind not in texts.kinds():
        kind = "case_changed"
    notify(
        SYSTEM,
        recipients=[event.applicant_id],
        key=f"case:{event.case}:{event.act}:{event.before}:{event.after}",
        kind=kind,
        subject=Ref("case", event.case),
        context={"reference": event.case},
        needs_action=event.after == "delivered",
    )


@consumes(CaseDecided, key="notices.case_decided")
def tell_decision(event: CaseDecided) -> None:
    notify(
        SYSTEM,
        recipients=[event.applicant_id],
        key=f"case:{event.case}:decided",
        kind="case_decided",
        subject=Ref("case", event.case),
        context={"outcome": OUTCOMES.get(event.outcome, event.outcome)},
    )


@consumes(CorrectionRequested, key="notices.correction_requested")
def tell_correction(event: CorrectionRequested) -> None:
    notify(
        SYSTEM,
        recipients=[event.applicant_id],
        key=f"case:{event.case}:correction:{event.respond_by}",
        kind="correction_requested",
        subject=Ref("case", event.case),
        context={"respond_by": dt.datetime.fromisoformat(event.respond_by)},
        needs_action=True,
    )


@consumes(CaseMessageSent, key="notices.case_message")
def tell_message(event: CaseMessageSent) -> None:
    if event.from_applicant:
        return  # the unit reads it in its inbox
    notify(
        SYSTEM,
        recipients=[event.applicant_id],
        key=f"case:{event.case}:message:{event.message_id}",
        kind="case_message",
        subject=Ref("case", event.case),
    )


@consumes(DeadlineMissed, key="notices.deadline_missed")
def tell_missed(event: DeadlineMissed) -> None:
    notify(
        SYSTEM,
        recipients=[event.applicant_id],
        key=f"case:{event.case}:missed:{event.statutory}",
        kind="deadline_missed",
        subject=Ref("case", event.case),
    )


@consumes(BillPaid, key="notices.bill_paid")
def tell_payment(event: BillPaid) -> None:
    notify(
        SYSTEM,
        recipients=[event.payer_id],
        key=f"bill:{event.bill}:paid",
        kind="bill_paid",
        subject=Ref("bill", event.bill),
        context={"reference": event.bill, "amount": from_fen(event.amount_fen)},
    )


@consumes(RefundSettled, key="notices.refund_settled")
def tell_refund(event: RefundSettled) -> None:
    notify(
        SYSTEM,
        recipients=[event.payer_id],
        key=f"refund:{event.refund}",
        kind="refund_settled",
        subject=Ref("bill", event.bill),
        context={"reference": event.bill, "amount": from_fen(event.amount_fen)},
    )


@consumes(DisbursementSettled, key="notices.disbursement_settled")
def tell_money_sent(event: DisbursementSettled) -> None:
    notify(
        SYSTEM,
        recipients=[event.payee_id],
        key=f"disbursement:{event.disbursement}:settled",
        kind="disbursement_settled",
        subject=Ref("disbursement", event.disbursement),
        context={"amount": from_fen(event.amount_fen)},
    )


@consumes(DisbursementReturned, key="notices.disbursement_returned")
def tell_money_returned(event: DisbursementReturned) -> None:
    notify(
        SYSTEM,
        recipients=[event.payee_id],
        key=f"disbursement:{event.disbursement}:returned",
        kind="disbursement_returned",
        subject=Ref("disbursement", event.disbursement),
        context={"amount": from_fen(event.amount_fen)},
        needs_action=True,
    )


@consumes(CredentialIssued, key="notices.credential_issued")
def tell_issue(event: CredentialIssued) -> None:
    notify(
        SYSTEM,
        recipients=[event.holder_id],
        key=f"credential:{event.credential}:issued",
        kind="credential_issued",
        subject=Ref("credential", event.credential),
        context={"reference": event.credential},
    )


@consumes(CredentialRevoked, key="notices.credential_revoked")
def tell_revocation(event: CredentialRevoked) -> None:
    """A certificate may be suspended more than once, so each event is told; the key is the moment's."""
    suspended = event.reason == "suspended"
    notify(
        SYSTEM,
        recipients=[event.holder_id],
        key=f"credential:{event.credential}:{event.reason}:{event.at}",
        kind="credential_suspended" if suspended else "credential_revoked",
        subject=Ref("credential", event.credential),
        context={"reference": event.credential},
        needs_action=True,
    )
