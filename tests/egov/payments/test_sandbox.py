"""The sandbox as the process it is: a browser pays, the platform is told more than once, nothing happens twice."""

import datetime as dt
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from decimal import Decimal
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings as django_settings
from django.db import connection

from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import EgovError, Unavailable
from egov.kernel.models import OutboxMessage
from egov.kernel.refs import Ref
from egov.payments import actions, gateways, queries, rules
from egov.payments.models import FiscalReceipt, Payment, PaymentState, Reconciliation, Refund
from egov.payments.sandbox import store
from egov.work.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args):
        pass


@pytest.fixture
def platform():
    """Where the gateway tells: the callback view, without the rest of the platform. Counts what arrives."""
    arrived = []

    def take(environ, start_response):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        try:
            actions.settle_callback(gateway="sandbox", body=body, signature=environ["HTTP_X_SIGNATURE"])
            status = "200 OK"
        except EgovError as error:
            status = f"{error.status} Refused"
        finally:
            connection.close()
        arrived.append(json.loads(body))
        start_response(status, [])
        return [b""]

    server = make_server("127.0.0.1", 0, take, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.arrived = arrived
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def gateway(settings, tmp_path, platform):
    """The process itself; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.EGOV_SANDBOX_DIR = str(tmp_path)
    settings.EGOV_SANDBOX_GATEWAY_URL = f"http://127.0.0.1:{port}"
    settings.EGOV_PAYMENT_GATEWAYS = ["sandbox"]
    process = subprocess.Popen(
        [sys.executable, "-m", "egov.payments.sandbox", "--port", str(port)],
        cwd=django_settings.BASE_DIR,
        env={
            **os.environ,
            "EGOV_SANDBOX_DIR": str(tmp_path),
            "EGOV_CALLBACK_URL": f"http://127.0.0.1:{platform.server_port}",
            "EGOV_DATA_KEY": settings.EGOV_DATA_KEY,
        },
    )
    for _attempt in range(200):
        try:
            ask("/healthz")
            break
        except OSError:
            time.sleep(0.05)
    yield settings.EGOV_SANDBOX_GATEWAY_URL
    process.terminate()
    process.wait(10)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def ask(path_or_url, form=None):
    """Status, headers and text of an answer; redirects are not followed."""
    url = path_or_url if path_or_url.startswith("http") else django_settings.EGOV_SANDBOX_GATEWAY_URL + path_or_url
    data = urlencode(form).encode() if form else None
    try:
        with urllib.request.build_opener(NoRedirect).open(url, data=data, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


@pytest.fixture
def bill(payer, agency):
    line = actions.BillLineSpec(Ref("case", "C1"), agency.pk, {"zh-Hans": "补领工本费<b>"}, Decimal("40.00"))
    return actions.raise_bill(SYSTEM, payer_id=payer.pk, subject=Ref("submission", "S1"), lines=[line])


@pytest.fixture
def begin(payer, acting_for, gateway):
    def start(bill, method="card"):
        return actions.start_payment(
            acting_for(payer), bill=bill.reference, gateway="sandbox", method=method, return_url="http://back.test/x"
        )

    return start


def until(condition):
    for _attempt in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def test_a_person_pays_and_the_repeated_callback_changes_nothing(bill, begin, platform):
    url = begin(bill, "wallet")
    status, headers, page = ask(url)
    assert status == 200
    assert "补领工本费&lt;b&gt;" in page
    assert "40.00" in page
    assert "手机钱包" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for _press in range(2):
        status, headers, _page = ask(url, {"do": "pay"})
        assert (status, headers["Location"]) == (303, "http://back.test/x")
    until(lambda: len(platform.arrived) == 4)
    assert len({message["id"] for message in platform.arrived}) == 1
    bill.refresh_from_db()
    assert bill.state == "paid"
    assert FiscalReceipt.objects.count() == 1
    assert OutboxMessage.objects.filter(name="bill_paid").count() == 1
    assert json.loads(ask("/figures")[2])["payments"] == {"taken": 1, "repeats": 1}


def test_in_english_too_and_a_person_may_think_better_of_it(bill, begin, platform):
    from django.utils import translation

    with translation.override("en"):
        url = begin(bill)
    page = ask(url)[2]
    assert '<html lang="en">' in page
    assert "Bank card" in page
    assert ask(url, {"do": "cancel"})[0] == 303
    assert platform.arrived == []


def test_an_altered_order_is_refused(bill, begin):
    url = begin(bill)
    for other in (url.replace("amount=4000", "amount=1"), url[:-1], url.partition("&sig=")[0]):
        assert ask(other)[0] in (400, 403)
        assert ask(other, {"do": "pay"})[0] in (400, 403)
    assert ask(url, {"nonsense": "1"})[0] == 400
    assert ask("/nowhere")[0] == 404
    assert ask("/refunds", {"key": "x"})[0] == 403


def test_a_refund_handed_over_twice_takes_effect_once(bill, begin, platform, monkeypatch):
    """The crash is between hand-over and record: the refund leaves again under its key."""
    ask(begin(bill), {"do": "pay"})
    until(lambda: Payment.objects.filter(state=PaymentState.SUCCEEDED).exists())
    actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("40.00"), reason="")
    save = Refund.save

    def crash(self, *args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Refund, "save", crash)
    with pytest.raises(KeyboardInterrupt):
        actions.send_refunds()
    monkeypatch.setattr(Refund, "save", save)
    assert Refund.objects.get().state == PaymentState.STARTED
    assert actions.send_refunds() == 1
    assert json.loads(ask("/figures")[2])["refunds"] == {"taken": 1, "repeats": 1}
    bill.refresh_from_db()
    assert bill.state == "refunded"


def test_a_callback_that_never_came_is_found_in_the_file(bill, begin, platform):
    url = begin(bill)
    platform.shutdown()
    platform.server_close()
    ask(url, {"do": "pay"})
    bill.refresh_from_db()
    assert bill.state == "open"
    row = actions.reconcile(SYSTEM, gateway="sandbox", day=clock.today())
    assert row.differences == []
    assert (row.ours_fen, row.theirs_fen) == (4000, 4000)
    bill.refresh_from_db()
    assert bill.state == "paid"
    taken = next(store.rows("payments"))
    assert Payment.objects.get().settled_at == dt.datetime.fromisoformat(taken["at"])


def test_what_differs_is_put_before_the_cashiers_once(gateway, identities):
    store.once(
        "payments",
        "P-GHOST",
        {
            "id": "SB9",
            "order": "P-GHOST",
            "amount": 100,
            "day": clock.today().isoformat(),
            "at": clock.now().isoformat(),
        },
    )
    finance = identities.unit(identities.department("jz.finance", "江州市财政局"))
    identities.officer("cashier", unit=finance)
    for _run in range(2):
        row = actions.reconcile(SYSTEM, gateway="sandbox", day=clock.today())
    assert row.differences == [{"reference": "P-GHOST", "ours": None, "theirs": 100}]
    item = WorkItem.objects.get()
    assert (item.kind, item.role, item.unit_id) == ("reconciliation", "cashier", finance.pk)
    assert Reconciliation.objects.count() == 1
    assert queries.reconciliation("sandbox", clock.today()) == row


def test_a_gateway_that_is_away_is_unavailable(settings):
    settings.EGOV_SANDBOX_GATEWAY_URL = "http://127.0.0.1:9"
    with pytest.raises(Unavailable):
        actions.reconcile(SYSTEM, gateway="sandbox", day=clock.today())


def test_the_same_key_gets_the_first_answer_from_any_thread(settings, tmp_path):
    settings.EGOV_SANDBOX_DIR = str(tmp_path)
    answers, start = [], threading.Barrier(8)

    def keep(number):
        start.wait(5)
        answers.append(store.once("refunds", "R/1", {"number": number})["number"])

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(set(answers)) == 1
    assert store.repeats("refunds") == 7


def test_text_messages_of_the_demonstration_can_be_read(gateway):
    assert "还没有短信" in ask("/messages")[2]
    store.once("sms", "n1-sms", {"to": "138<1>", "title": "已受理"})
    page = ask("/messages?lang=en")[2]
    assert "138&lt;1&gt;" in page
    assert "已受理" in page


def test_signatures_are_compared_whole():
    content = b"x"
    right = rules.signature(gateways.sandbox_secret(), content)
    assert rules.is_signed(gateways.sandbox_secret(), content, right)
    assert not rules.is_signed(gateways.sandbox_secret(), content, right[:-1])
    assert not rules.is_signed(gateways.sandbox_secret(), content, "")
