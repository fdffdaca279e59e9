"""Who may be the applicant of what: one rule, asked before anything is begun and again when it is filed.

Private to this room.
"""

from collections.abc import Sequence

from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.identity import queries as identity
from egov.identity.models import PartyKind
from egov.intake.errors import WrongApplicant
from egov.intake.rules import Bundle
from egov.kernel.actor import Actor, CapacityKind

# In these capacities the party is always of this kind; a mandate may be given by either.
_KINDS = {
    CapacityKind.SELF: PartyKind.PERSON,
    CapacityKind.GUARDIAN: PartyKind.PERSON,
    CapacityKind.REPRESENTATIVE: PartyKind.ORGANISATION,
}


def require_addressed(
    actor: Actor, versions: Sequence[ServiceVersion], bundle: Bundle | None = None, *, kind: PartyKind | None = None
) -> None:
    """Raises ``WrongApplicant``; otherwise as :func:`refusal`."""
    if refused := refusal(actor, versions, bundle, kind=kind):
        raise refused


def refusal(
    actor: Actor, versions: Sequence[ServiceVersion], bundle: Bundle | None = None, *, kind: PartyKind | None = None
) -> WrongApplicant | None:
    """Why a single service, or the members of ``bundle``, cannot be granted to the party for whom the actor acts.

    ``kind``: of that party, when the caller knows it; else one statement, under a mandate only. What civil servants
    file, the mode of the service says (``queries.filing_as``).
    """
    bundle = bundle or Bundle()
    if actor.is_staff or all(version.is_for(each) for version in versions for each in PartyKind):
        return None
    kind = kind or _kind_of(actor)
    refused = _refused_to(kind, versions, bundle)
    return WrongApplicant(kind, [version.name for version in refused]) if refused else None


def covers(actor: Actor, service: str) -> bool:
    """Whether the mandate under which the actor acts, if it is one for some services only, is for this one too."""
    return actor.mandate_services is None or service in actor.mandate_services


def _kind_of(actor: Actor) -> PartyKind:
    known = _KINDS.get(actor.kind)
    if known is not None:
        return known
    return PartyKind.PERSON if identity.is_person(actor.on_behalf_of_id or 0) else PartyKind.ORGANISATION


def _refused_to(kind: PartyKind, versions: Sequence[ServiceVersion], bundle: Bundle) -> list[ServiceVersion]:
    """What only organisations are given, a person files who founds one on the way: it becomes the business of the one
    that an earlier member registers (``matters``). What an event asks of an organisation, its own conditions choose.
    """
    if bundle and kind == PartyKind.ORGANISATION:
        return []
    known = [*versions, *(catalogue.version(member.version) for member in bundle.there)]
    founding = {version.service.code for version in known if version.founds_organisation}
    return [
        version
        for version in versions
        if not version.is_for(kind) and not bundle.waits_for(version.service.code, founding)
    ]
