"""The demonstration city's grants of data between departments."""

import datetime as dt
from collections.abc import Sequence

from egov.casework.demo import PastEffect, past_effects
from egov.journal.demo import lay_entries
from egov.kernel import clock
from g2g.exchange.models import SharingGrant


def lay_grants(effects: Sequence[PastEffect]) -> None:
    """See ``effects.grant_sharing``."""
    rows = SharingGrant.objects.bulk_create([_grant(effect) for effect in effects], batch_size=1000)
    lay_entries(
        effect.note("exchange.grant_sharing", row.recipient_id) for effect, row in zip(effects, rows, strict=True)
    )
    for effect, row in zip(effects, rows, strict=True):
        effect.outputs |= {"sharing.grant": row.pk, "sharing.valid_to": row.valid_to.isoformat()}


def _grant(effect: PastEffect) -> SharingGrant:
    case, made = effect.case, effect.tale.granting
    if made is None:
        raise ValueError("no decision was made")
    kept = {key: case.answers[key] for key in ("data_set", "elements", "purpose", "legal_basis", "mode")}
    return SharingGrant(
        case=case.reference,
        recipient_id=case.applicant_id,
        granted_by_id=case.department_id,
        valid_from=clock.local(made.at).date(),
        valid_to=dt.date.fromisoformat(case.answers["until"]),
        **kept,
    )


past_effects.add("exchange.grant_sharing", lay_grants)
