"""The businesses that the demonstration city's year added to its register, and those that it ended."""

from collections.abc import Sequence
from decimal import Decimal

from egov.casework.demo import PastEffect, past_effects
from egov.identity.demo import PastRegistration, lay_registered
from egov.identity.models import Organisation
from egov.journal.demo import PastAct, lay_entries
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from g2b.registration.models import Registration


def lay_registrations(effects: Sequence[PastEffect]) -> None:
    """See ``effects.register_organisation`` and ``actions.register_entity``."""
    wanted = [_registered(effect) for effect in effects]
    laid = lay_registered(wanted)
    Registration.objects.bulk_create(
        [
            Registration(
                organisation=organisation,
                case=effect.case.reference,
                registered_on=registration.founded_on,
                scope=effect.case.answers["scope"],
                capital=Decimal(capital) if (capital := effect.case.answers.get("capital")) else None,
                employees=effect.case.answers.get("employees"),
                shareholders=effect.case.answers.get("shareholders", []),
            )
            for effect, registration, (organisation, _code) in zip(effects, wanted, laid, strict=True)
        ]
    )
    for effect, (organisation, code) in zip(effects, laid, strict=True):
        entry = effect.note("registration.register_entity", organisation.pk)
        party = Ref("party", str(organisation.pk))
        lay_entries([PastAct(entry.at, SYSTEM, "identity.register_organisation", [party], organisation.kind), entry])
        effect.outputs |= {
            "organisation.party": organisation.pk,
            "organisation.name": organisation.party.name,
            "organisation.uscc": code,
        }


def _registered(effect: PastEffect) -> PastRegistration:
    made, answers = effect.tale.granting, effect.case.answers
    if made is None:
        raise ValueError("no decision was made")
    return PastRegistration(
        name=answers["trade_name"],
        kind=effect.options["kind"],
        org_type=answers.get("org_type") or effect.options["org_type"],
        region=answers["premises_region"],
        address=answers["premises_address"],
        industry=answers.get("industry", ""),
        founded_on=clock.local(made.at).date(),
        head_id=effect.case.applicant_id,
    )


past_effects.add("registration.register_organisation", lay_registrations)


def lay_ends(effects: Sequence[PastEffect]) -> None:
    """See ``effects.end_entity``."""
    for effect in effects:
        made, organisation = effect.tale.granting, effect.case.applicant_id
        if made is None:
            raise ValueError("no decision was made")
        day = clock.local(made.at).date()
        Organisation.objects.filter(pk=organisation).update(dissolved_on=day)
        Registration.objects.filter(pk=organisation).update(ended_on=day)
        entry, party = effect.note("registration.end_entity", organisation), Ref("party", str(organisation))
        lay_entries([PastAct(entry.at, SYSTEM, "identity.dissolve_organisation", [party]), entry])


past_effects.add("registration.end_entity", lay_ends)
