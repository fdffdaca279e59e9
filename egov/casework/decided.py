"""Decisions of this platform as a register: what was granted is evidence for other departments. Private to this room."""

from collections.abc import Mapping
from typing import Any

from egov.casework.models import Case, Outcome
from egov.casework.rules.lifecycle import DONE
from egov.documents.models import DocumentState
from egov.kernel import clock
from egov.kernel.text import LocalisedText
from egov.registers.registry import Absent, Evidence, RegisterHandler, handlers

SERVICE: LocalisedText = {"zh-Hans": "办理事项", "en": "Service"}
BY: LocalisedText = {"zh-Hans": "决定机关", "en": "Decided by"}
ON: LocalisedText = {"zh-Hans": "决定日期", "en": "Decided on"}


def decision(party_id: int, source: Mapping[str, Any]) -> Evidence | Absent:
    """The letter of the last decision that granted the party one of ``services``."""
    granted = (
        Case.objects.filter(applicant_id=party_id, service__code__in=source["services"], state__in=DONE)
        .filter(outcome__in=[Outcome.GRANTED, Outcome.PARTLY], decision__letter__isnull=False)
        .select_related("decision__letter", "department")
        .order_by("-decided_at")
        .first()
    )
    if granted is None or granted.decided_at is None or (letter := granted.decision.letter) is None:
        return Absent.NOTHING
    if letter.state == DocumentState.REVOKED:
        return Absent.ENDED
    facts = (
        (SERVICE, granted.title),
        (BY, granted.department.full_name),
        (ON, clock.local(granted.decided_at).date().isoformat()),
    )
    return Evidence(
        party_id,
        "decisions",
        clock.today(),
        title=letter.title,
        number=letter.number or granted.reference,
        rows=[{"label": label, "value": value, "sensitive": False} for label, value in facts],
        document=letter.pk,
    )


handlers.add("decisions", RegisterHandler(key="decisions", evidence=decision))
