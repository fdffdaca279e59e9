"""Who began a matter hears of every part of it, also of those that are a company's by now. Private to this room."""

from typing import Any

from egov.contracts.cases import (
    CaseChanged,
    CaseDecided,
    CaseMessageSent,
    ChangeDecided,
    CorrectionRequested,
    DeadlineMissed,
)
from egov.kernel.actor import SYSTEM
from egov.matters.models import Matter
from egov.notices.actions import notify
from egov.notices.queries import told_of

# What happens to one case and is told to its applicant (``notices.consumers``).
CASE_EVENTS = (CaseChanged, CaseDecided, CaseMessageSent, ChangeDecided, CorrectionRequested, DeadlineMissed)


def tell_who_began(event: Any) -> None:
    """The founder, whose the matter is, gets the same notice as the case's applicant; once. ``event``: of ``CASE_EVENTS``."""
    told = told_of(event)
    if told is None:
        return
    others = Matter.objects.filter(members__case=event.case).exclude(applicant_id=told.recipient_id)
    began = others.values_list("applicant_id", flat=True).first()
    if began is not None:
        notify(
            SYSTEM,
            recipients=[began],
            key=told.key,
            kind=told.kind,
            subject=told.subject,
            context=told.context,
            needs_action=told.needs_action,
        )
