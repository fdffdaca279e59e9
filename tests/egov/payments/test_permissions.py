"""Who may do what with money."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotPermitted
from egov.kernel.refs import Ref
from egov.ledger import actions as ledger
from egov.payments import actions
from egov.payments.models import PaymentState, Refund
from egov.payments.registry import Told
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_actors(payer, a_payer, agency, an_agency, acting_for, officer_of, administrator):
    return {
        "owner": acting_for(payer),
        "stranger": acting_for(a_payer("李四")),
        "officer": officer_of(agency, "cashier"),
        "officer_elsewhere": officer_of(an_agency("望山区公安局"), "reviewer"),
        "administrator": administrator("platform_admin"),
    }


@pytest.fixture
def permission_world(payer, agency, settings):
    settings.EGOV_PAYMENT_GATEWAYS = ["sandbox"]
    line = actions.BillLineSpec(Ref("case", "C1"), agency.pk, {"zh-Hans": "工本费"}, Decimal(40))

    def bill():
        return actions.raise_bill(SYSTEM, payer_id=payer.pk, subject=Ref("submission", "S1"), lines=[line])

    def paid():
        row = bill()
        actions.start_payment(_oneself(payer), bill=row.reference, gateway="sandbox", method="card")
        payment = row.payments.get()
        actions.settle(gateway="sandbox", told=Told(payment.reference, f"SB{payment.pk}", 4000, succeeded=True))
        return row

    ledger.open_fund(SYSTEM, key="relief", name={"en": "Relief"}, owner_id=agency.pk)
    ledger.deposit(SYSTEM, fund="relief", amount=Decimal(100), memo="", subject=Ref("budget", "1"))
    return SimpleNamespace(payer=payer, agency=agency, bill=bill, paid=paid, line=line)


def _oneself(payer):
    from egov.kernel.actor import Actor, CapacityKind

    return Actor(kind=CapacityKind.SELF, capacity="self", party_id=payer.pk, on_behalf_of_id=payer.pk)


def _promise(actor, world):
    return actions.request_disbursement(
        actor,
        fund="relief",
        payee_id=world.payer.pk,
        account_number="6222020000001234",
        amount=Decimal(5),
        purpose={"zh-Hans": "救助金"},
        subject=Ref("case", "C1"),
    )


def _retry(actor, world):
    actions.refund(SYSTEM, bill=world.paid().reference, amount=Decimal(1), reason="")
    refund = Refund.objects.latest("pk")
    Refund.objects.filter(pk=refund.pk).update(state=PaymentState.FAILED)
    return actions.retry_refund(actor, refund=refund.reference)


def _reconcile(actor, world):
    return actions.reconcile(actor, gateway="counter", day=clock.today())


TABLE = PermissionTable(
    "egov.payments",
    {
        "cancel_bill": Row(lambda actor, world: actions.cancel_bill(actor, bill=world.bill().reference), officer=True),
        "start_payment": Row(
            lambda actor, world: actions.start_payment(
                actor, bill=world.bill().reference, gateway="sandbox", method="card"
            ),
            owner=True,
        ),
        "pay_at_counter": Row(
            lambda actor, world: actions.pay_at_counter(actor, bill=world.bill().reference), officer=True
        ),
        "refund": Row(
            lambda actor, world: actions.refund(actor, bill=world.paid().reference, amount=Decimal(1), reason=""),
            officer=True,
        ),
        "retry_refund": Row(_retry, officer=True),
        # Whoever calls has checked who may decide; the ledger asks that it is a civil servant.
        "request_disbursement": Row(_promise, officer=True, officer_elsewhere=True, administrator=True),
        "settle_disbursement": Row(
            lambda actor, world: actions.settle_disbursement(actor, disbursement=_promise(SYSTEM, world).reference),
            officer=True,
        ),
        "return_disbursement": Row(
            lambda actor, world: actions.return_disbursement(
                actor, disbursement=_promise(SYSTEM, world).reference, reason=""
            ),
            officer=True,
        ),
        "reconcile": Row(_reconcile, officer=True),
    },
    internal={
        "give_up": "the platform itself, when a service of a bundle falls away",
        "raise_bill": "part of submitting, which asked already",
        "start_refund": "what refund calls, and the platform itself for money that is not owed",
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()


@pytest.mark.django_db
def test_nobody_cancels_what_is_owed_to_another_department(
    permission_world, permission_actors, agency, an_agency, payer
):
    theirs = replace(permission_world.line, subject=Ref("case", "C2"), department_id=an_agency("望山区公安局").pk)
    lines = [permission_world.line, theirs]
    bill = actions.raise_bill(SYSTEM, payer_id=payer.pk, subject=Ref("submission", "S2"), lines=lines)
    with pytest.raises(NotPermitted):
        actions.cancel_bill(permission_actors["officer"], bill=bill.reference)
    assert actions.cancel_bill(SYSTEM, bill=bill.reference).state == "cancelled"


@pytest.mark.django_db
def test_cancelling_a_bill_is_for_cashiers_and_heads(permission_world, officer_of, agency):
    with pytest.raises(NotPermitted):
        actions.cancel_bill(officer_of(agency, "reviewer"), bill=permission_world.bill().reference)
    head = officer_of(agency, "section_head")
    assert actions.cancel_bill(head, bill=permission_world.bill().reference).state == "cancelled"
