"""Whoever hands messages over is killed when the gateway has one and nothing is recorded: each takes effect once."""

import email
import re
from decimal import Decimal
from itertools import chain

import pytest

from egov.identity.models import Contact
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.ledger.models import Posting
from egov.notices import actions as notices
from egov.notices import sandbox
from egov.notices.models import Delivery, DeliveryState, Notice
from egov.payments import actions as payments
from egov.payments.actions import BillLineSpec
from egov.payments.models import PaymentState, Refund
from egov.payments.registry import Told
from egov.payments.sandbox import store
from tests.plugins.instances import PYTHON, answers, embedded, until

pytestmark = [pytest.mark.long, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]

# Loads the courier first: hand-overs can be caught.
HAND_OVER = "import tests.faults.courier; from egov.{room} import actions; print(actions.{act}())"


@pytest.fixture
def here(make_instance, settings):
    """An instance on this test's database, whose sandbox this test looks into."""
    instance = make_instance().start(here=True)
    settings.EGOV_SANDBOX_DIR = str(instance.place / "sandbox")
    return instance


def kill_between_hand_over_and_record(instance, act, room, **extra):
    """Start ``act`` and kill it when a gateway has taken what it sent."""
    (instance.place / "inside").unlink(missing_ok=True)
    (instance.place / "hold").touch()
    process = instance.spawn([PYTHON, "-c", HAND_OVER.format(room=room, act=act)], **extra)
    until(lambda: (instance.place / "inside").exists(), seconds=120, what="a message handed over")
    instance.kill(process)
    (instance.place / "hold").unlink()


def finish(instance, act, room, **extra):
    process = instance.spawn([PYTHON, "-c", HAND_OVER.format(room=room, act=act)], **extra)
    assert process.wait(120) == 0, instance.log


def test_messages_take_effect_once(here, a_payer):
    recipients = [a_payer(f"王{number}", email=f"p{number}@example.com", sms="13800009901") for number in range(4)]
    Contact.objects.update(verified_at=clock.now())
    ids = [party.pk for party in recipients]
    tell = {"recipients": ids, "key": "k", "kind": "case_accepted", "subject": Ref("case", "JZ-1")}
    notices.notify(SYSTEM, **tell)
    notices.notify(SYSTEM, **tell)  # told again, as a repeated event does
    assert Delivery.objects.count() == 8
    for _ in range(2):
        kill_between_hand_over_and_record(here, "deliver_due", "notices")
    assert not Delivery.objects.filter(state=DeliveryState.SENT).exists(), "the kill came before any record"
    finish(here, "deliver_due", "notices")

    assert Notice.objects.count() == 4
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    keys = dict(Delivery.objects.values_list("idempotency_key", "channel"))
    texts = {key for key, channel in keys.items() if channel == "sms"}
    mails = set(keys) - texts
    assert set(sandbox.taken("sms")) == texts
    assert len(texts) == len(mails) == 4
    # Mail leaves again under the same Message-ID, by which the receiver knows a repeat.
    sent = message_ids(here.place / "mail")
    assert {each.split("@")[0].strip("<") for each in sent} == mails
    assert sandbox.repeats("sms") + len(sent) - len(set(sent)) == 2


def message_ids(folder):
    """The Message-ID of each mail that left, in Django's files of mails."""
    texts = [re.split(r"^-{79}$", path.read_text(), flags=re.MULTILINE) for path in sorted(folder.iterdir())]
    return [email.message_from_string(text.strip())["Message-ID"] for text in chain(*texts) if text.strip()]


def test_money_goes_back_once(here, a_payer, agency, acting_for, settings):
    port = embedded.free_port(18_700)
    address = f"http://127.0.0.1:{port}"
    settings.EGOV_SANDBOX_GATEWAY_URL = address
    here.spawn(
        [PYTHON, "-m", "granian", "--interface", "wsgi", "egov.payments.sandbox:application", "--port", str(port)]
    )
    until(lambda: answers(f"{address}/healthz"), seconds=40, what="the gateway")
    payer = a_payer()
    line = BillLineSpec(Ref("case", "C1"), agency.pk, {"zh-Hans": "工本费", "en": "Fee"}, Decimal("40.00"))
    subject = Ref("submission", "S1")
    bill = payments.raise_bill(acting_for(payer), payer_id=payer.pk, subject=subject, lines=[line])
    payments.start_payment(acting_for(payer), bill=bill.reference, gateway="sandbox", method="card")
    told = Told(bill.payments.get().reference, "SB1", 4000, succeeded=True)
    payments.settle(gateway="sandbox", told=told)
    payments.settle(gateway="sandbox", told=told)
    refund = payments.refund(SYSTEM, bill=bill.reference, amount=Decimal("40.00"), reason="withdrawn")

    away = {"EGOV_SANDBOX_GATEWAY_URL": address}
    kill_between_hand_over_and_record(here, "send_refunds", "payments", **away)
    refund.refresh_from_db()
    assert refund.state == PaymentState.STARTED, "the kill came before the record"
    before = Posting.objects.count()
    finish(here, "send_refunds", "payments", **away)
    finish(here, "send_refunds", "payments", **away)

    assert Refund.objects.get().state == PaymentState.SUCCEEDED
    assert [row["order"] for row in store.rows("refunds")] == [refund.reference]
    assert store.repeats("refunds") == 1
    assert Posting.objects.count() == before + 2, "booked once"
