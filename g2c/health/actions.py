"""Registering treatment outside the insured's own area, and numbering certificates of birth."""

import datetime as dt

from django.db import transaction

from egov.journal import actions as journal
from egov.kernel import counters
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from g2c.health import rules
from g2c.health.models import TreatmentRegistration


@transaction.atomic
def register_treatment(
    actor: Actor, *, case: str, person_id: int, kind: str, place: str, valid_from: dt.date, valid_to: dt.date | None
) -> TreatmentRegistration:
    """Enter the registration; hospitals of ``place`` settle directly from ``valid_from`` on."""
    registration = TreatmentRegistration.objects.create(
        case=case, person_id=person_id, kind=kind, place=place, valid_from=valid_from, valid_to=valid_to
    )
    journal.record(actor, "health.register_treatment", Ref("party", str(person_id)), Ref("case", case))
    return registration


@transaction.atomic
def number_birth_certificate(actor: Actor, *, case: str, series: str, region_code: str) -> str:
    """The next number of the series in the province of ``region_code``, where the certificate is issued."""
    province = region_code[:2]
    serial = counters.next_value(f"birth-certificate:{series}{province}")
    number = rules.birth_certificate_number(series=series, province=province, serial=serial)
    journal.record(actor, "health.number_birth_certificate", Ref("case", case), content={"number": number})
    return number
