"""The gateways that come with the platform: the sandbox (``egov.payments.sandbox``, a process of its own) and the counter."""

import datetime as dt
import json
import urllib.request
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from egov.kernel import money, secrets
from egov.kernel.errors import InvalidInput, Text, Unavailable
from egov.payments import rules
from egov.payments.registry import COUNTER, FileLine, Gateway, Order, Returned, Told, gateways

TIMEOUT = 10  # seconds
SANDBOX = "sandbox"


def sandbox_secret() -> bytes:
    """Shared with the sandbox process: both run beside the same key."""
    return secrets.keyed_digest("sandbox payment gateway")


def _pay_url(order: Order) -> str:
    fields = {
        "order": order.reference,
        "amount": str(money.to_fen(order.amount)),
        "title": order.title,
        "method": order.method,
        "return": order.return_url,
        "lang": order.language,
    }
    query = urlencode(fields)
    return f"{settings.EGOV_SANDBOX_GATEWAY_URL}/pay?{query}&sig={rules.signature(sandbox_secret(), query.encode())}"


def _read_callback(body: bytes, signed: str) -> Told:
    if not rules.is_signed(sandbox_secret(), body, signed):
        raise InvalidInput.at("signature", "signature", _("The signature of this message is not the gateway's."))
    try:
        message = json.loads(body)
        return Told(
            reference=str(message["order"]),
            gateway_reference=str(message["id"]),
            amount_fen=int(message["amount"]),
            succeeded=message["status"] == "paid",
            at=_moment(message.get("at")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput.at("body", "malformed", _("This message cannot be read.")) from error


def _moment(text: Any) -> dt.datetime | None:
    """An aware moment, or None for anything else."""
    moment = dt.datetime.fromisoformat(text) if isinstance(text, str) else None
    return moment if moment is not None and moment.tzinfo is not None else None


def _call(path: str, body: dict[str, object]) -> dict[str, Any]:
    content = json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - the address is a setting
        settings.EGOV_SANDBOX_GATEWAY_URL + path,
        data=content,
        headers={"Content-Type": "application/json", "X-Signature": rules.signature(sandbox_secret(), content)},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            return dict(json.load(response))
    except OSError as error:
        raise Unavailable() from error


def _refund(key: str, gateway_reference: str, amount: Decimal) -> Returned:
    answer = _call("/refunds", {"key": key, "payment": gateway_reference, "amount": money.to_fen(amount)})
    return Returned(str(answer["id"]), _moment(answer.get("at")))


def _day_file(day: dt.date) -> list[FileLine]:
    answer = _call("/file", {"day": day.isoformat()})
    return [
        FileLine(str(reference), str(number), int(fen), _moment(rest[0]) if rest else None)
        for reference, number, fen, *rest in answer["lines"]
    ]


def _check() -> list[Text]:
    return [] if settings.EGOV_SANDBOX_GATEWAY_URL else [_("EGOV_SANDBOX_GATEWAY_URL is not set.")]


gateways.add(
    SANDBOX,
    Gateway(
        key=SANDBOX,
        name={"zh-Hans": "演示支付平台", "en": "Demonstration payment service"},
        methods={
            "card": {"zh-Hans": "银行卡", "en": "Bank card"},
            "wallet": {"zh-Hans": "手机钱包", "en": "Mobile wallet"},
        },
        pay_url=_pay_url,
        read_callback=_read_callback,
        refund=_refund,
        day_file=_day_file,
        options=("EGOV_SANDBOX_GATEWAY_URL", "EGOV_CALLBACK_URL"),
        check=_check,
    ),
)
gateways.add(
    COUNTER,
    Gateway(
        key=COUNTER,
        name={"zh-Hans": "办事窗口", "en": "Service counter"},
        methods={"cash": {"zh-Hans": "现金", "en": "Cash"}, "card": {"zh-Hans": "刷卡", "en": "Card terminal"}},
        pay_url=None,
        read_callback=None,
        # Handed over at the counter: the refund itself is the proof.
        refund=lambda key, _payment, _amount: Returned(key),
        day_file=None,
    ),
)
