"""Entering market entities into the register."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from egov.identity import actions as identity
from egov.identity.models import Organisation, OrganisationKind
from egov.journal import actions as journal
from egov.kernel import clock, counters
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from g2b.registration import rules
from g2b.registration.models import Registration

# 市场主体登记管理条例 art. 8: the office held by whoever stands for the entity.
OFFICES = {OrganisationKind.SOLE_TRADER: "operator", OrganisationKind.ENTERPRISE: "legal_representative"}


@transaction.atomic
def register_entity(
    actor: Actor,
    *,
    case: str,
    kind: str,
    org_type: str,
    uscc_prefix: str,
    area: str,
    representative_id: int,
    particulars: dict[str, Any],
) -> Organisation:
    """Enter an enterprise or a sole trader; it exists from this moment (市场主体登记管理条例 art. 21).

    Runs inside the deciding transaction: the credit code comes from a gapless counter of the registering office.
    ``particulars``: name, address, scope, industry, capital (string or None), employees, shareholders.
    """
    serial = counters.next_value(f"uscc:{uscc_prefix}:{area}")
    code = rules.credit_code(prefix=uscc_prefix, area=area[:6], serial=serial)
    today = clock.today()
    organisation = identity.register_organisation(
        actor,
        name=particulars["name"],
        kind=kind,
        org_type=org_type,
        uscc=code,
        region_code=area,
        address=particulars["address"],
        industry=particulars.get("industry", ""),
        founded_on=today,
    )
    identity.add_representative(
        actor, organisation_id=organisation.pk, person_id=representative_id, office=OFFICES[OrganisationKind(kind)]
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
    journal.record(
        actor, "registration.register_entity", Ref("party", str(organisation.pk)), Ref("case", case), content=code
    )
    return organisation
