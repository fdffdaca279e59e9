"""The sandbox's WSGI application: page, confirmation, refunds, daily file, and what was sent as text messages."""

import datetime as dt
import hashlib
import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egov.settings")

from django.conf import settings

from egov.kernel import clock
from egov.payments import rules
from egov.payments.gateways import sandbox_secret
from egov.payments.sandbox import pages, store

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[str, list[tuple[str, str]], bytes]
Environ = dict[str, Any]

CALLBACK = "/api/v1/payments/callbacks/sandbox"
PAUSES = (0.5, 1, 2, 4, 8, 15, 30, 60)  # seconds until the platform is told again
TIMEOUT = 10
MOST_BYTES = 65_536


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    route = ROUTES.get((environ["REQUEST_METHOD"].replace("HEAD", "GET"), environ["PATH_INFO"]))
    try:
        status, headers, body = route(environ) if route else _plain("404 Not Found", "no such page")
    except PermissionError:
        status, headers, body = _plain("403 Forbidden", "wrong signature")
    except (KeyError, ValueError, TypeError):
        status, headers, body = _plain("400 Bad Request", "malformed")
    start_response(status, [*headers, ("Content-Length", str(len(body))), ("X-Content-Type-Options", "nosniff")])
    return [body]


# --- Paying ------------------------------------------------------------------------------------------


def _page(environ: Environ) -> Answer:
    query = environ["QUERY_STRING"]
    return _html(pages.payment(_order(query), query), form_action=f"'self' {settings.PUBLIC_URL}")


def _confirm(environ: Environ) -> Answer:
    """Paid or given up; back to the platform either way. Whoever presses twice pays once."""
    order = _order(environ["QUERY_STRING"])
    if parse_qs(_body(environ).decode())["do"][0] == "pay":
        payment = _take(order["order"], int(order["amount"]), order["method"])
        message = {
            "order": payment["order"],
            "id": payment["id"],
            "amount": payment["amount"],
            "at": payment["at"],
            "status": "paid",
        }
        tell(json.dumps(message).encode())
    return "303 See Other", [("Location", order["return"])], b""


def _order(query: str) -> dict[str, str]:
    """The signed order of the address. Raises ``PermissionError`` when it was altered."""
    content, _separator, signed = query.rpartition("&sig=")
    if not rules.is_signed(sandbox_secret(), content.encode(), signed):
        raise PermissionError
    return {key: values[0] for key, values in parse_qs(content).items()}


def _take(order: str, amount: int, method: str) -> store.Row:
    """The payment for an order; a second confirmation finds the first."""
    return store.once(
        "payments", order, {"id": _number("SB", order), "order": order, "amount": amount, "method": method, **_now()}
    )


def _number(prefix: str, key: str) -> str:
    """The gateway's own number: the same for the same order, in every process."""
    return prefix + hashlib.sha256(key.encode()).hexdigest()[:12].upper()


def _now() -> dict[str, str]:
    return {"day": clock.today().isoformat(), "at": clock.now().isoformat()}


def tell(content: bytes) -> None:
    """Tell the platform before the person is back, if it answers; then once more, as gateways do.

    A platform that is away is told later, for some minutes; what it never hears stands in the daily file.
    """
    if _post(content):
        threading.Thread(target=_post, args=(content,), daemon=True).start()
    else:
        threading.Thread(target=_keep_telling, args=(content,), daemon=True).start()


def _keep_telling(content: bytes) -> None:
    for pause in PAUSES:
        time.sleep(pause)
        if _post(content):
            _post(content)
            return


def _post(content: bytes) -> bool:
    """Whether the platform took it."""
    request = urllib.request.Request(  # noqa: S310 - the platform's own address
        settings.EGOV_CALLBACK_URL + CALLBACK,
        data=content,
        headers={"Content-Type": "application/json", "X-Signature": rules.signature(sandbox_secret(), content)},
        method="POST",
    )
    try:
        urllib.request.urlopen(request, timeout=TIMEOUT).close()  # noqa: S310
    except OSError:
        return False
    return True


# --- For the platform --------------------------------------------------------------------------------


def _refund(environ: Environ) -> Answer:
    body = _signed_json(environ)
    key = str(body["key"])
    row = {"id": _number("SR", key), "order": key, "amount": -int(body["amount"]), **_now()}
    return _json(store.once("refunds", key, row))


def _file(environ: Environ) -> Answer:
    day = dt.date.fromisoformat(_signed_json(environ)["day"]).isoformat()
    lines = [
        [row["order"], row["id"], row["amount"], row["at"]]
        for kind in ("payments", "refunds")
        for row in store.rows(kind)
        if row["day"] == day
    ]
    return _json({"lines": lines})


def _figures(_environ: Environ) -> Answer:
    """How much arrived and how much of it came again."""
    kinds = ("payments", "refunds", "sms")
    return _json({kind: {"taken": sum(1 for _ in store.rows(kind)), "repeats": store.repeats(kind)} for kind in kinds})


def _messages(environ: Environ) -> Answer:
    """The text messages that would have been sent, newest first."""
    language = parse_qs(environ.get("QUERY_STRING", "")).get("lang", ["zh-Hans"])[0]
    return _html(pages.messages(list(store.rows("sms"))[::-1][:50], language))


# --- Parts -------------------------------------------------------------------------------------------


def _body(environ: Environ) -> bytes:
    content: bytes = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), MOST_BYTES))
    return content


def _signed_json(environ: Environ) -> dict[str, Any]:
    content = _body(environ)
    if not rules.is_signed(sandbox_secret(), content, environ.get("HTTP_X_SIGNATURE", "")):
        raise PermissionError
    return dict(json.loads(content))


def _plain(status: str, text: str) -> Answer:
    return status, [("Content-Type", "text/plain; charset=utf-8")], text.encode()


def _json(body: dict[str, Any]) -> Answer:
    return "200 OK", [("Content-Type", "application/json")], json.dumps(body).encode()


def _html(page: str, *, form_action: str = "'none'") -> Answer:
    policy = f"default-src 'none'; style-src '{pages.STYLE_HASH}'; form-action {form_action}; frame-ancestors 'none'"
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ]
    return "200 OK", headers, page.encode()


ROUTES: dict[tuple[str, str], Callable[[Environ], Answer]] = {
    ("GET", "/pay"): _page,
    ("POST", "/pay"): _confirm,
    ("POST", "/refunds"): _refund,
    ("POST", "/file"): _file,
    ("GET", "/figures"): _figures,
    ("GET", "/messages"): _messages,
    ("GET", "/healthz"): lambda _environ: _plain("200 OK", "ok"),
}
