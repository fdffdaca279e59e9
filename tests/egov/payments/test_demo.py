"""The city's past money is laid in bulk and is as true as any other: the same constraints, the same series."""

import datetime as dt
import random
from decimal import Decimal

import pytest

from egov.documents import demo as papers
from egov.documents import queries as documents
from egov.documents.models import Credential, DocumentState, IssuedDocument
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.ledger import queries as ledger
from egov.ledger.actions import FundTooLow
from egov.notices.demo import PastNotice, lay_notices
from egov.notices.models import Delivery, Notice
from egov.payments import actions, demo
from egov.payments.models import Bill, Disbursement, FiscalReceipt
from egov.payments.registry import Told

START = dt.datetime(2025, 12, 20, 2, tzinfo=dt.UTC)


def past_bills(payer, agency, count=30):
    line = actions.BillLineSpec(
        Ref("case", "C1"), agency.pk, {"zh-Hans": "工本费", "en": "Fee"}, Decimal("20.00"), "依据"
    )
    for number in range(count):
        at = START + dt.timedelta(days=number)
        paid = at + dt.timedelta(hours=1) if number % 5 else None
        yield demo.PastBill(
            payer_id=payer.pk,
            subject=Ref("submission", f"S{number}"),
            lines=[line] * (1 + number % 2),
            created_at=at,
            paid_at=paid,
            cancelled=number % 10 == 0,
            refunded_at=paid + dt.timedelta(days=1) if paid and number % 7 == 0 else None,
        )


@pytest.mark.django_db(transaction=True)
def test_past_bills_are_whole(payer, agency, acting_for, settings, django_assert_max_num_queries):
    settings.EGOV_PAYMENT_GATEWAYS = ["sandbox"]
    with django_assert_max_num_queries(60):
        demo.lay_bills(random.Random(1), list(past_bills(payer, agency)))
    states = list(Bill.objects.order_by("pk").values_list("state", flat=True))
    assert {state: states.count(state) for state in set(states)} == {
        "open": 3,
        "cancelled": 3,
        "paid": 20,
        "refunded": 4,
    }
    for series in ("JZ2025", "JZ2026"):
        numbers = list(
            FiscalReceipt.objects.filter(series=series).order_by("issued_at").values_list("number", flat=True)
        )
        assert numbers == list(range(1, len(numbers) + 1))
    paid_fen = sum(int(bill.total * 100) for bill in Bill.objects.filter(state="paid"))
    assert ledger.balance_fen("gateway:sandbox") == paid_fen
    assert ledger.balance_fen(f"income:{agency.key}") == -paid_fen
    assert Bill.objects.first().reference.split("-")[2] == "251220"
    # What comes later goes on after it.
    bill = actions.raise_bill(
        SYSTEM, payer_id=payer.pk, subject=Ref("submission", "now"), lines=next(past_bills(payer, agency, 1)).lines
    )
    actions.start_payment(acting_for(payer), bill=bill.reference, gateway="sandbox", method="card")
    payment = bill.payments.get()
    actions.settle(gateway="sandbox", told=Told(payment.reference, "SBX", 2000, succeeded=True))
    latest = FiscalReceipt.objects.latest("pk")
    assert latest.number == FiscalReceipt.objects.filter(series=latest.series).count()


@pytest.mark.django_db
def test_the_same_seed_lays_the_same_codes(payer, agency):
    def codes():
        past = [
            papers.PastDocument(
                template="decision",
                title={"zh-Hans": "决定书"},
                subject=Ref("case", "C1"),
                holder_id=payer.pk,
                department_id=agency.pk,
                issued_at=START,
            )
        ] * 3
        laid = [each.code for each in papers.lay_documents(random.Random(7), past)]
        IssuedDocument.objects.all().delete()
        return laid

    assert codes() == codes()


@pytest.mark.django_db
def test_past_money_out_stays_inside_the_fund(payer, agency):
    for _run in range(2):
        demo.lay_fund(key="benefit", name={"zh-Hans": "基金"}, owner_id=agency.pk, amount=Decimal("100.00"))
    items = [
        demo.PastDisbursement(
            fund="benefit",
            payee_id=payer.pk,
            account_number="6222020000001234",
            amount=Decimal("30.00"),
            purpose={"zh-Hans": "失业保险金"},
            subject=Ref("case", f"C{number}"),
            requested_at=START,
            settled_at=START + dt.timedelta(days=2) if number < 2 else None,
        )
        for number in range(3)
    ]
    demo.lay_disbursements(items)
    fund = ledger.fund("benefit")
    assert (fund.balance_fen, fund.reserved_fen) == (4000, 3000)
    assert ledger.out_of_step() == []
    with pytest.raises(FundTooLow):
        demo.lay_disbursements(items)
    assert Disbursement.objects.count() == 3


@pytest.mark.django_db
def test_past_papers_are_sealed_when_first_opened(payer, agency, identities):
    rng = random.Random(3)
    letters = papers.lay_documents(
        rng,
        [
            papers.PastDocument(
                template="decision",
                title={"zh-Hans": "决定书", "en": "Decision"},
                subject=Ref("case", f"C{number}"),
                holder_id=payer.pk,
                department_id=agency.pk,
                issued_at=START + dt.timedelta(days=5 * number),
                series="许准",
                data={"outcome": "granted"},
            )
            for number in range(4)
        ],
    )
    assert [letter.number[-10:] for letter in letters] == [
        f"许准〔{year}〕{n}号" for year, n in ((2025, 1), (2025, 2), (2025, 3), (2026, 1))
    ]
    licences = papers.lay_credentials(
        rng,
        [
            papers.PastCredential(
                type="FOOD",
                holder_id=payer.pk,
                issuer_id=agency.pk,
                valid_from=START.date(),
                valid_to=None,
                issued_at=START,
                title={"zh-Hans": "食品经营许可证"},
                template="licence",
                end_kind="cancelled" if number else "",
                ended_at=START if number else None,
            )
            for number in range(2)
        ],
    )
    first, second = (int(licence.number.split(".")[-3]) for licence in licences)
    assert first < second
    assert documents.pdf(letters[0].pk).startswith(b"%PDF")
    letters[0].refresh_from_db()
    assert letters[0].state == DocumentState.SEALED
    assert documents.verify(letters[0].code).finding is documents.Finding.VALID
    assert documents.state_of(Credential.objects.latest("pk")) == "cancelled"


@pytest.mark.django_db
def test_past_notices_are_told_once_and_leave_no_message(payer):
    past = [
        PastNotice(
            recipient_id=payer.pk,
            key=f"k{number}",
            kind="case_accepted",
            subject=Ref("case", "C1"),
            named={"zh-Hans": "居住证申领", "en": "Residence permit"},
            created_at=START,
        )
        for number in range(3)
    ]
    assert lay_notices(past) == 3
    assert lay_notices(past) == 0
    assert Notice.objects.first().title == {"zh-Hans": "已受理：居住证申领", "en": "Accepted: Residence permit"}
    assert not Delivery.objects.exists()
