"""Receipt, page and withdrawal of a matter: they say what is so, of each part and of its fee."""

import pytest

from egov.casework.models import Case, Message
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.identity.models import Account
from egov.kernel import clock, references
from egov.matters import actions as matters
from egov.matters.models import Matter
from egov.payments.models import FELL_AWAY, Bill, BillState, Payment, PaymentState, Refund
from tests.plugins.intake import filled, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def file(shop, resident, services):
    """``file(sign=…)``: the register, then the food licence with its fee; a sign with a fee of its own begins at once."""
    for version in ServiceVersion.objects.select_related("service"):
        version.name = {"zh-Hans": f"事项{version.service.code}", "en": f"Service {version.service.code}"}
        version.save(update_fields=["name"])
    catalogue.kept.forget()

    def make(*, sign: bool) -> tuple[str, Matter]:
        words = {"aa03__words": "面"} if sign else {}
        draft = start(resident, area=80, sign=sign)
        submission = filled(resident, draft, person__name="甲", shop__area_sqm=80, aa02__cooks=2, **words)
        return f"/as/self/submissions/{submission.reference}/", Matter.objects.get(reference=submission.matter)

    return make


def text_of(browser, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


# --- The receipt ------------------------------------------------------------------------------------------
def test_a_fee_for_a_later_part_holds_up_nothing(browser, file):
    address, _matter = file(sign=False)
    page = text_of(browser, address)
    assert "It is for a part whose turn comes later" in page
    assert "After payment" not in page


def test_a_fee_for_one_part_holds_up_that_part(browser, file):
    address, matter = file(sign=True)
    page = text_of(browser, address)
    assert "Until the fee is paid this waits: Service AA03. The rest goes on." in page
    assert "After payment" not in page
    page = text_of(browser, f"/as/self/matters/{matter.reference}/")
    assert "Until the fee is paid this waits: Service AA03. The rest goes on." in page
    assert "After payment" not in page


def test_the_number_of_the_receipt_follows_every_part_without_signing_in(browser, client, file):
    address, matter = file(sign=True)
    number = address.rstrip("/").rpartition("/")[2]
    client.logout()
    for typed in (number, matter.reference):
        page = client.get("/track", {"number": typed, "lang": "en"}).content.decode()
        for case in Case.objects.all():
            assert case.reference in page
        assert "Service AA01" in page
        assert "What waits for another part" in page
        assert "林晓雯" not in page
    unknown = client.get("/track", {"number": references.draw("S"), "lang": "en"})
    assert (unknown.status_code, "Nothing is under way" in unknown.content.decode()) == (404, True)


# --- The page of the matter -------------------------------------------------------------------------------
def test_a_part_that_waits_names_its_department_and_can_be_taken_back(browser, file, services):
    _address, matter = file(sign=False)
    page = text_of(browser, f"/as/self/matters/{matter.reference}/")
    assert "withdraw/?member=AA02" in page
    lane = page.partition("lane__h")[2].partition("lane__h")[2].partition("</div>")[0]
    assert services.unit.department.party.name in lane
    ahead = text_of(browser, f"/as/self/matters/{matter.reference}/withdraw/?member=AA02")
    assert "Withdraw this part?" in ahead
    assert browser.get(f"/as/self/matters/{matter.reference}/withdraw/?member=GE08").status_code == 404


def test_what_was_taken_back_is_called_so_and_no_longer_counted(browser, file, resident):
    _address, matter = file(sign=True)
    matters.withdraw_matter(resident, matter=matter.reference, reason="", members=["AA02"])
    page = text_of(browser, f"/as/self/matters/{matter.reference}/")
    assert "0 of 2 done" in page
    assert "No longer needed" not in page
    assert "Taken back" in page.partition("What was undone")[2]
    assert "Ended before anybody" not in page
    listed = text_of(browser, "/as/self/matters/")
    assert "0 of 2 done" in listed
    change = text_of(browser, f"/as/self/matters/{matter.reference}/change/?question=shop__area_sqm")
    assert "is not carried on" in change
    assert "is decided" not in change


def test_a_fee_given_back_stands_beside_what_was_paid_in_the_language_of_the_page(browser, file, resident):
    _address, matter = file(sign=False)
    bill = Bill.objects.get()
    pay(bill)
    matters.withdraw_matter(resident, matter=matter.reference, reason="", members=["AA02"])
    page = text_of(browser, f"/as/self/matters/{matter.reference}/")
    assert "not owed or given back" in page.partition("<dt>Cost</dt>")[2].partition("</div>")[0]
    assert Refund.objects.get().reason == FELL_AWAY
    told = text_of(browser, f"/as/self/bills/{bill.reference}/")
    assert "was taken back or fell away before anybody had examined it" in told


def pay(bill: Bill) -> None:
    Payment.objects.create(
        reference="P-1",
        bill=bill,
        gateway="sandbox",
        method="card",
        amount=bill.total,
        state=PaymentState.SUCCEEDED,
        started_at=clock.now(),
        settled_at=clock.now(),
    )
    bill.state, bill.paid_at = BillState.PAID, clock.now()
    bill.save()


def test_a_message_goes_to_a_department_that_still_has_work(browser, file):
    _address, matter = file(sign=True)
    first, second = Case.objects.order_by("id")
    page = text_of(browser, f"/as/self/matters/{matter.reference}/")
    assert "Which department is it for?" in page
    browser.post(f"/as/self/cases/{first.reference}/message/", {"to": second.reference, "text": "?"})
    assert Message.objects.get().case == second
    Case.objects.filter(pk=first.pk).update(decided_at=clock.now(), state="decided", outcome="granted")
    page = text_of(browser, f"/as/self/matters/{matter.reference}/")
    assert f"/{second.reference}/message/" in page
    assert f"/{first.reference}/message/" not in page
