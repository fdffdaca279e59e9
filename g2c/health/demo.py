"""The demonstration city's registrations for treatment elsewhere, and the numbers of its birth certificates."""

import datetime as dt
from collections.abc import Sequence

from egov.casework.demo import PastEffect, past_effects
from egov.journal.demo import PastAct, lay_entries
from egov.kernel import counters
from egov.kernel.refs import Ref
from g2c.health import rules
from g2c.health.models import TreatmentRegistration


def lay_treatments(effects: Sequence[PastEffect]) -> None:
    """See ``effects.register_treatment``."""
    rows = [_registration(effect) for effect in effects]
    TreatmentRegistration.objects.bulk_create(rows, batch_size=1000)
    lay_entries(
        effect.note("health.register_treatment", row.person_id) for effect, row in zip(effects, rows, strict=True)
    )
    for effect, row in zip(effects, rows, strict=True):
        effect.outputs |= {
            "treatment.place": row.place,
            "treatment.valid_from": row.valid_from.isoformat(),
            "treatment.valid_to": row.valid_to.isoformat() if row.valid_to else None,
        }


def _registration(effect: PastEffect) -> TreatmentRegistration:
    answers = effect.case.answers
    starts_on = dt.date.fromisoformat(answers["from_on"])
    return TreatmentRegistration(
        case=effect.case.reference,
        person_id=effect.case.applicant_id,
        kind=answers["kind"],
        place=answers["place"],
        valid_from=starts_on,
        valid_to=rules.ends_on(answers["kind"], starts_on),
    )


past_effects.add("health.register_treatment", lay_treatments)


def lay_birth_certificates(effects: Sequence[PastEffect]) -> None:
    """See ``effects.number_birth_certificate``."""
    for effect in effects:
        province, series = effect.case.region[:2], effect.options["series"]
        serial = counters.next_value(f"birth-certificate:{series}{province}")
        number = rules.birth_certificate_number(series=series, province=province, serial=serial)
        effect.outputs["child.birth_certificate"] = number
    lay_entries(_numbered(effect) for effect in effects)


def _numbered(effect: PastEffect) -> PastAct:
    made = effect.tale.granting
    if made is None:
        raise ValueError("no decision was made")
    refs = [Ref("case", effect.case.reference)]
    content = {"number": effect.outputs["child.birth_certificate"]}
    return PastAct(made.at, made.actor, "health.number_birth_certificate", refs, content)


past_effects.add("health.number_birth_certificate", lay_birth_certificates)
