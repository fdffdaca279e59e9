"""Whose turn it is, and who hears, when a case has become a company's on the way."""

from dataclasses import replace

import pytest

from egov.casework.models import Case
from egov.contracts.cases import CorrectionRequested
from egov.kernel.actor import CapacityKind
from egov.matters import queries
from egov.matters.models import Matter
from egov.matters.telling import tell_who_began
from egov.notices.models import Notice
from tests.plugins.intake import filled, grant, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def founded(shop, resident, identities):
    """The food licence of the company that the resident registered on the way."""
    company = identities.organisation(representative=identities.person("吴法人"))
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    outputs = {"organisation.party": company.pk, "organisation.uscc": "91990102MA0000001X"}
    grant(Matter.objects.get(reference=submission.matter), "AA01", **outputs)
    return company, Case.objects.get(service__code="AA02")


def asked(case: Case) -> CorrectionRequested:
    return CorrectionRequested(
        case=case.reference,
        matter=case.matter,
        service=case.service.code,
        applicant_id=case.applicant_id,
        respond_by="2026-12-10T00:00:00+08:00",
    )


def test_the_founder_hears_of_the_cases_of_the_company_once(founded, resident):
    _company, case = founded
    for _ in range(2):
        tell_who_began(asked(case))
    notice = Notice.objects.get(recipient_id=resident.party_id, kind="correction_requested")
    assert notice.needs_action


def test_the_applicant_of_the_matter_hears_of_an_own_case_from_the_case_alone(founded, resident):
    tell_who_began(asked(Case.objects.get(service__code="AA01")))
    assert not Notice.objects.filter(kind="correction_requested").exists()


def test_what_the_company_is_asked_waits_for_its_founder_too(founded, resident, identities):
    company, case = founded
    Case.objects.filter(pk=case.pk).update(state="correction")
    assert queries.waiting_for_applicant(resident) == [case]
    own = identities.representative(company)
    assert queries.waiting_for_applicant(own) == [case]
    assert queries.waiting_for_applicant(replace(own, party_id=own.party_id, on_behalf_of_id=own.party_id)) == []


def test_the_company_finds_its_case_in_a_matter_that_is_its_founders(founded, resident, identities, client):
    company, case = founded
    own = identities.representative(company)
    assert list(queries.cases_elsewhere(own)) == [case]
    assert not queries.cases_elsewhere(resident).exists()
    client.force_login(company.representatives.get().person.account)
    found = client.get(f"/as/{own.capacity}/matters/{case.matter}/")
    assert found.headers["Location"] == f"/as/{own.capacity}/cases/{case.reference}/"
    assert case.reference in client.get(f"/as/{own.capacity}/").content.decode()
    assert client.get(f"/as/{own.capacity}/matters/JZ-M-1/").status_code == 404


def test_who_filed_for_the_founder_is_not_sent_to_a_case_that_is_the_companys(founded, resident, identities):
    """An agent follows the whole; of the company's case neither the page nor the turn is theirs."""
    _company, case = founded
    agent = replace(resident, kind=CapacityKind.AGENT, capacity="m-1", party_id=identities.person("吴代理").pk)
    Case.objects.filter(pk=case.pk).update(state="correction", filed_by_id=agent.party_id, capacity="m-1")
    assert queries.waiting_for_applicant(agent) == []
