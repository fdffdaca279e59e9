"""Registration for treatment elsewhere (MH03), by its own definition, from the form to the register."""

import datetime as dt

import pytest

from egov.casework.models import Case, Decision
from egov.catalogue import actions as catalogue
from egov.catalogue import queries
from egov.catalogue.models import Competence
from egov.documents.models import Credential
from egov.intake import actions
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput
from egov.matters.models import Matter
from g2c.health.models import TreatmentRegistration
from tests.plugins.identity import LONG_AGO

pytestmark = pytest.mark.django_db


@pytest.fixture
def medins(identities, law, calendar):
    """The bureau of the city handles the service."""
    catalogue.load_definitions(SYSTEM)
    unit = identities.unit(identities.department("jz.medins", "江州市医疗保障局", identities.region("990100")))
    Competence.objects.create(
        service=queries.published("MH03").service,
        region=identities.region("990100"),
        department=unit.department,
        unit=unit,
        valid_from=LONG_AGO,
    )
    queries.kept.forget()
    return unit


@pytest.fixture
def patient(identities, medins):
    return identities.resident(identities.person("林晓雯", region=identities.region()))


def file(actor, **answers):
    draft = actions.start_draft(actor, service="MH03", region="990102")
    actions.save_draft(actor, draft=draft.reference, answers={"phone": "13800138000", **answers})
    return actions.submit(actor, draft=draft.reference, key="k", consent=True)


def test_who_lives_elsewhere_is_registered_on_the_spot_without_an_end(patient, medins):
    submission = file(
        patient,
        kind="resident",
        place="浙江省杭州市",
        from_on="2026-12-01",
        residence_address="西湖区文三路1号",
        residence_promise="on",
    )
    case = Case.objects.get(submission=submission.reference)
    assert (case.outcome, case.unit_id) == ("granted", medins.pk)
    assert Matter.objects.get(reference=submission.matter).state == "done"
    registration = TreatmentRegistration.objects.get()
    assert (registration.person_id, registration.place) == (patient.party_id, "浙江省杭州市")
    assert (registration.valid_from, registration.valid_to) == (dt.date(2026, 12, 1), None)
    assert Decision.objects.get().data["treatment.place"] == "浙江省杭州市"
    assert Credential.objects.get().holder_id == patient.party_id


def test_a_single_treatment_lasts_six_months_and_asks_for_no_promise(patient):
    file(patient, kind="referred", place="北京市", from_on="2026-12-01")
    assert TreatmentRegistration.objects.get().valid_to == dt.date(2027, 5, 31)


def test_living_elsewhere_needs_address_and_promise(patient):
    with pytest.raises(InvalidInput) as refused:
        file(patient, kind="settled", place="浙江省杭州市", from_on="2026-12-01")
    assert {fault.path for fault in refused.value.faults} == {"residence_address", "residence_promise"}
