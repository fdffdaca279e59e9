"""Entering market entities into the register, changing what it says of them, and ending them.

The register is written by the platform as the effect of the decision; who decided stands in the journal entry.
All run inside the deciding transaction: what the register refuses is not decided either.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.identity import actions as identity
from egov.identity import queries
from egov.identity.models import Organisation, OrganisationKind
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import InvalidInput
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

    The credit code comes from a gapless counter of the registering office.
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


@transaction.atomic
def change_entity(
    actor: Actor,
    *,
    case: str,
    organisation_id: int,
    representative: tuple[str, str] | None = None,
    name: str = "",
    region_code: str = "",
    address: str = "",
    scope: str = "",
    capital: str = "",
    shareholders: Sequence[dict[str, Any]] = (),
) -> Organisation:
    """Change what is given; the rest of the entry stays (市场主体登记管理条例 art. 24).

    ``representative``: name and identity number of the new one. Raises ``InvalidInput`` when the number is somebody
    else's; ``TransitionNotAllowed`` for an organisation that ended.
    """
    platform = SYSTEM.with_request(actor.request_id)
    organisation = Organisation.objects.select_related("party").get(pk=organisation_id)
    changes: dict[str, Any] = {"name": name, "region_code": region_code, "address": address}
    changes = {key: value for key, value in changes.items() if value}
    if name:
        changes["full_name"] = {**organisation.full_name, "zh-Hans": name}
    changed = identity.change_organisation(platform, organisation_id=organisation_id, reason=f"case:{case}", **changes)
    if representative:
        identity.add_representative(
            platform,
            organisation_id=organisation_id,
            person_id=_person(platform, *representative),
            office="operator" if organisation.kind == OrganisationKind.SOLE_TRADER else "legal_representative",
        )
    entry: dict[str, Any] = {
        "scope": scope,
        "capital": Decimal(capital) if capital else None,
        "shareholders": list(shareholders),
    }
    Registration.objects.filter(pk=organisation_id).update(**{key: value for key, value in entry.items() if value})
    journal.record(actor, "registration.change_entity", Ref("party", str(organisation_id)), Ref("case", case))
    return changed


@transaction.atomic
def end_entity(actor: Actor, *, case: str, organisation_id: int) -> dt.date:
    """Deregister an entity; it ends today (市场主体登记管理条例 art. 31). Raises ``TransitionNotAllowed`` for one that ended."""
    today = clock.today()
    identity.dissolve_organisation(
        SYSTEM.with_request(actor.request_id), organisation_id=organisation_id, dissolved_on=today
    )
    Registration.objects.filter(pk=organisation_id).update(ended_on=today)
    journal.record(actor, "registration.end_entity", Ref("party", str(organisation_id)), Ref("case", case))
    return today


def _person(platform: Actor, name: str, number: str) -> int:
    """Whom the register of people has under this number; one whom it does not have yet is entered."""
    found = queries.party_by_number("cn.ric", number)
    if found is None:
        return identity.register_person(platform, name=name, id_number=number).pk
    if found.name != " ".join(name.split()):
        raise InvalidInput.at(
            "representative_name", "name", _("This name and the identity number do not belong together.")
        )
    return found.pk
