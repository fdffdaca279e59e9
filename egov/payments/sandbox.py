"""A payment gateway for demonstrations, as its own small WSGI process: ``granian egov.payments.sandbox:application``.

It keeps one file per payment, takes each order once, tells the platform twice (a real one may), drops repeated
refunds by their key, and gives a daily file. No database, no Django request cycle.
"""

import datetime as dt
import hashlib
import html
import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egov.settings")

from django.conf import settings

from egov.kernel import clock
from egov.payments import rules
from egov.payments.gateways import sandbox_secret

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
CALLBACK = "/api/v1/payments/callbacks/sandbox"
ATTEMPTS = 5

WORDS = {
    "zh-Hans": ("演示支付平台", "应付", "元", "确认支付", "取消", "这是演示，不会真的扣款。"),
    "en": ("Demonstration payment service", "To pay: CNY", "", "Pay", "Cancel", "A demonstration: no money moves."),
}
METHODS = {"card": ("银行卡", "Bank card"), "wallet": ("手机钱包", "Mobile wallet")}


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """WSGI entry: the payment page, its confirmation, refunds, the daily file."""
    route = ROUTES.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
    try:
        status, headers, body = route(environ) if route else _plain("404 Not Found", "no such page")
    except PermissionError:
        status, headers, body = _plain("403 Forbidden", "wrong signature")
    except (KeyError, ValueError):
        status, headers, body = _plain("400 Bad Request", "malformed")
    start_response(status, headers)
    return [body]


Answer = tuple[str, list[tuple[str, str]], bytes]


def _plain(status: str, text: str) -> Answer:
    return status, [("Content-Type", "text/plain; charset=utf-8")], text.encode()


def _json(body: dict[str, Any]) -> Answer:
    return "200 OK", [("Content-Type", "application/json")], json.dumps(body).encode()


def _order(query: str) -> dict[str, str]:
    """The signed order of the address. Raises ``PermissionError`` when it was altered."""
    content, _separator, signed = query.rpartition("&sig=")
    if not rules.is_signed(sandbox_secret(), content.encode(), signed):
        raise PermissionError
    return {key: values[0] for key, values in parse_qs(content).items()}


def _page(environ: dict[str, Any]) -> Answer:
    query = environ["QUERY_STRING"]
    order = _order(query)
    tag = "zh-Hans" if order["lang"].lower().startswith("zh") else "en"
    title, to_pay, unit, pay, cancel, note = WORDS[tag]
    method = METHODS[order["method"]][0 if tag == "zh-Hans" else 1]
    amount = f"{int(order['amount']) / 100:,.2f}"
    page = f"""<!doctype html><html lang="{tag}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>
<main><h1>{title}</h1><p>{html.escape(order["title"])}</p><p><strong>{to_pay} {amount} {unit}</strong> · {method}</p>
<form method="post" action="/pay?{html.escape(query)}">
<button name="do" value="pay">{pay}</button> <button name="do" value="cancel">{cancel}</button></form>
<p><small>{note}</small></p></main></body></html>"""
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", "default-src 'none'; form-action 'self' " + settings.PUBLIC_URL),
    ]
    return "200 OK", headers, page.encode()


def _confirm(environ: dict[str, Any]) -> Answer:
    order = _order(environ["QUERY_STRING"])
    form = parse_qs(_body(environ).decode())
    if form["do"][0] == "pay":
        payment = _take(order["order"], int(order["amount"]))
        message = {"order": order["order"], "id": payment["id"], "amount": payment["amount"], "status": "paid"}
        _tell(json.dumps(message).encode())
    return "303 See Other", [("Location", order["return"])], b""


def _take(order: str, amount: int) -> dict[str, Any]:
    """The payment for an order; a second confirmation finds the first."""
    payment = {
        "id": _number("SB", order),
        "order": order,
        "amount": amount,
        "day": clock.today().isoformat(),
    }
    return _once("payments", order, payment)


def _number(prefix: str, key: str) -> str:
    """The gateway's own number: the same for the same order, in every process."""
    return prefix + hashlib.sha256(key.encode()).hexdigest()[:12].upper()


def _tell(content: bytes) -> None:
    """Tell the platform; once more afterwards, as gateways do. A platform that is away is told later."""

    def keep_telling() -> None:
        for attempt in range(ATTEMPTS):
            try:
                _post(content)
                break
            except OSError:
                time.sleep(2**attempt)
        try:
            _post(content)
        except OSError:
            return

    try:
        _post(content)
    except OSError:
        threading.Thread(target=keep_telling, daemon=True).start()
    else:
        threading.Thread(target=_post_quietly, args=(content,), daemon=True).start()


def _post_quietly(content: bytes) -> None:
    try:
        _post(content)
    except OSError:
        return


def _post(content: bytes) -> None:
    request = urllib.request.Request(  # noqa: S310 - the platform's own address
        settings.EGOV_CALLBACK_URL + CALLBACK,
        data=content,
        headers={"Content-Type": "application/json", "X-Signature": rules.signature(sandbox_secret(), content)},
        method="POST",
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


def _refund(environ: dict[str, Any]) -> Answer:
    body = _signed_json(environ)
    refund = {
        "id": _number("SR", str(body["key"])),
        "order": body["key"],
        "amount": -int(body["amount"]),
        "day": clock.today().isoformat(),
    }
    return _json(_once("refunds", str(body["key"]), refund))


def _file(environ: dict[str, Any]) -> Answer:
    day = dt.date.fromisoformat(_signed_json(environ)["day"]).isoformat()
    lines = [
        [row["order"], row["id"], row["amount"]]
        for kind in ("payments", "refunds")
        for path in sorted(_folder(kind).glob("*.json"))
        if (row := json.loads(path.read_text()))["day"] == day
    ]
    return _json({"lines": lines})


def _body(environ: dict[str, Any]) -> bytes:
    return environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), 65536))


def _signed_json(environ: dict[str, Any]) -> dict[str, Any]:
    content = _body(environ)
    if not rules.is_signed(sandbox_secret(), content, environ.get("HTTP_X_SIGNATURE", "")):
        raise PermissionError
    return dict(json.loads(content))


def _folder(kind: str) -> Path:
    folder = Path(settings.EGOV_SANDBOX_DIR) / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _once(kind: str, key: str, row: dict[str, Any]) -> dict[str, Any]:
    """Keep ``row`` under ``key``, or give back what was kept first and count the repeat."""
    path = _folder(kind) / f"{quote(key, safe='')}.json"
    try:
        with path.open("x") as stream:
            json.dump(row, stream)
    except FileExistsError:
        with (path.parent / "repeats.log").open("a") as stream:
            stream.write(key + "\n")
        return dict(json.loads(path.read_text()))
    return row


ROUTES: dict[tuple[str, str], Callable[[dict[str, Any]], Answer]] = {
    ("GET", "/pay"): _page,
    ("POST", "/pay"): _confirm,
    ("POST", "/refunds"): _refund,
    ("POST", "/file"): _file,
    ("GET", "/healthz"): lambda _environ: _plain("200 OK", "ok"),
}
