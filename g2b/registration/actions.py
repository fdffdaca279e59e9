"""Entering market entities into the register."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from egov.identity import actions as identity
from egov.identity.models import Organisation
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.refs import Ref
from g2b.registration.models import Registration


@transaction.atomic
def register_entity(
    actor: Actor,
    *,
    case: str,
    kind: str,
    org_type: str,
    region_code: str,
    representative_id: int,
    particulars: dict[str, Any],
) -> Organisation:
    """Enter an enterprise or a sole trader; it exists from this moment (市场主体登记管理条例 art. 21).

    Runs inside the deciding transaction: the credit code comes from a gapless counter of the registering office.
    The register is written by the platform as the effect of the decision; who decided stands in the journal entry.
    ``particulars``: name, address, scope, industry, capital (string or None), employees, shareholders.
    """
    platform = SYSTEM.with_request(actor.request_id)
    today = clock.today()
    organisation = identity.register_organisation(
        platform,
        name=particulars["name"],
        kind=kind,
        org_type=org_type,
        uscc=identity.draw_uscc(kind=kind, region_code=region_code),
        region_code=region_code,
        address=particulars["address"],
        industry=particulars.get("industry", ""),
        founded_on=today,
        legal_representative_id=representative_id,
    )
    capital = particulars.get("capital")
    Registration.objects.create(
        organisation=organisation,
        case=case,
        registered_on=today,
        scope=particulars["scope"],
        capital=Decimal(capital) if capital else None,
        employees=particulars.get("employees"),
        shareholders=particulars.get("shareholders", []),
    )
    journal.record(actor, "registration.register_entity", Ref("party", str(organisation.pk)), Ref("case", case))
    return organisation
