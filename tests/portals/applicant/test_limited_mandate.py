"""An agent whose mandate names some services sees papers, bills and files of those alone."""

import pytest

from egov.casework.models import Case
from egov.identity.models import Party, Person
from egov.intake import actions
from egov.kernel import clock
from egov.kernel.refs import Ref
from egov.matters.models import Matter
from egov.notices.models import Notice
from egov.payments.models import Bill

pytestmark = pytest.mark.django_db

FEE = {"amount": "40.00", "basis": {"zh-Hans": "收费依据", "en": "Basis of the fee"}}


@pytest.fixture
def filed(services, resident, a_draft, a_picture):
    """A card with a fee and a photo, for which the mandate is; another service, for which it is not."""
    services.publish("CL02", fee=FEE)
    services.publish("CL03", fee=FEE)
    found = {}
    for code in ("CL02", "CL03"):
        draft = a_draft(resident, service=code)
        stored = actions.attach(resident, draft=draft.reference, material="photo", upload=a_picture()).file
        submission = actions.submit(resident, draft=draft.reference, key=code)
        found[code] = {
            "file": stored.reference,
            "bill": Bill.objects.get(subject=f"submission:{submission.reference}").reference,
        }
    return found


@pytest.fixture
def agent(client, identities, resident):
    """``agent("CL02")``: the capacity of somebody with a mandate for these services, signed in."""

    def make(*services: str) -> str:
        person = identities.person("代办人")
        owner = Party.objects.get(pk=resident.on_behalf_of_id)
        mandate = identities.mandate(owner, person.party, by=Person.objects.get(pk=owner.pk), services=list(services))
        client.force_login(identities.account(person))
        return f"m-{mandate.pk}"

    return make


@pytest.mark.parametrize(("code", "status"), [("CL02", 200), ("CL03", 404)])
def test_bills_and_files_of_the_services_named(filed, agent, client, code, status):
    capacity = agent("CL02")
    one = filed[code]
    assert client.get(f"/as/{capacity}/bills/{one['bill']}/").status_code == status
    assert client.get(f"/as/{capacity}/files/{one['file']}/").status_code == status
    assert (one["bill"] in client.get(f"/as/{capacity}/bills/").content.decode()) is (status == 200)


def test_a_mandate_for_everything_reaches_everything(filed, agent, client):
    capacity = agent()
    for one in filed.values():
        assert client.get(f"/as/{capacity}/bills/{one['bill']}/").status_code == 200
        assert client.get(f"/as/{capacity}/files/{one['file']}/").status_code == 200


def test_documents_of_other_services_and_who_looked_are_closed(filed, agent, client, resident, a_letter):
    own = a_letter(holder_id=resident.on_behalf_of_id)
    capacity = agent("CL02")
    assert client.get(f"/as/{capacity}/documents/{own.reference}/").status_code == 404
    assert client.get(f"/as/{capacity}/documents/{own.reference}/pdf/").status_code == 404
    assert client.get(f"/as/{capacity}/data/views/").status_code == 403


def test_notices_of_the_services_named(filed, agent, client, resident):
    told = {}
    for code, one in filed.items():
        case = Case.objects.get(matter__in=Matter.objects.filter(members__service__code=code).values("reference"))
        subjects = [Ref("case", case.reference), Ref("bill", one["bill"]), Ref("matter", case.matter)]
        told[code] = [tell(resident, code, subject) for subject in subjects]
    told["paid"] = [tell(resident, "SI15", Ref("disbursement", "D-1"))]
    capacity = agent("CL02")
    page = client.get(f"/as/{capacity}/notices/").content.decode()
    for code, notices in told.items():
        for notice in notices:
            assert (f"/notices/{notice.pk}/" in page) is (code == "CL02")
            assert client.get(f"/as/{capacity}/notices/{notice.pk}/").status_code == (200 if code == "CL02" else 404)


def tell(resident, code, subject):
    title = {"zh-Hans": f"通知 {subject}", "en": f"Notice {subject}"}
    return Notice.objects.create(
        recipient_id=resident.on_behalf_of_id,
        key=f"{code}-{subject}",
        kind="test",
        subject=str(subject),
        title=title,
        body=title,
        created_at=clock.now(),
    )
