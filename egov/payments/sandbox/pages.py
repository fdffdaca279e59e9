"""The sandbox's own two pages, in both languages. Everything shown is escaped."""

import base64
import hashlib
from html import escape
from typing import Any

from egov.payments.gateways import SANDBOX
from egov.payments.registry import gateways

STYLE = """
:root { color-scheme: light }
body { margin: 0; background: #f3f5f8; color: #1a1a1a;
  font: 17px/1.7 "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif }
main { max-width: 26rem; margin: 3rem auto; padding: 2rem; background: #fff; border-top: 4px solid #1c4f8f }
h1 { margin: 0 0 1.5rem; font-size: 1.2rem; font-weight: 600 }
dl { display: grid; grid-template-columns: auto 1fr; gap: .5rem 1.5rem; margin: 0 0 1.5rem }
dt { color: #565c65 } dd { margin: 0; text-align: right; overflow-wrap: anywhere }
.amount { font-size: 2rem; font-weight: 600; font-variant-numeric: tabular-nums; margin: 0 0 1rem }
form { display: flex; gap: 1rem; flex-wrap: wrap }
button { font: inherit; padding: .6rem 1.6rem; border: 2px solid #1c4f8f; background: #fff; color: #1c4f8f; cursor: pointer }
button.primary { background: #1c4f8f; color: #fff }
button:focus-visible { outline: 3px solid #1a1a1a; outline-offset: 2px }
.note { color: #565c65; margin: 1.5rem 0 0; font-size: .9rem }
li { margin: 0 0 1rem }
"""
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

WORDS = {
    "zh-Hans": {
        "title": "演示支付平台",
        "amount": "应付金额",
        "currency": "¥",
        "item": "事项",
        "order": "订单号",
        "method": "支付方式",
        "pay": "确认支付",
        "cancel": "取消",
        "note": "这是演示环境，不会真的扣款。",
        "messages": "演示短信",
        "nothing": "还没有短信。",
    },
    "en": {
        "title": "Demonstration payment service",
        "amount": "To pay",
        "currency": "CNY ",
        "item": "For",
        "order": "Order",
        "method": "Pay with",
        "pay": "Pay",
        "cancel": "Cancel",
        "note": "This is a demonstration: no money moves.",
        "messages": "Text messages of the demonstration",
        "nothing": "No messages yet.",
    },
}


def _tag(language: str) -> str:
    return "zh-Hans" if language.lower().startswith("zh") else "en"


def _page(tag: str, title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )


def payment(order: dict[str, str], query: str) -> str:
    """What is to be paid, and the two buttons."""
    tag = _tag(order["lang"])
    words = WORDS[tag]
    method = gateways.get(SANDBOX).methods[order["method"]][tag]
    yuan, fen = divmod(int(order["amount"]), 100)
    return _page(
        tag,
        words["title"],
        f'<p class="amount"><small>{words["amount"]}</small> {words["currency"]}{yuan:,}.{fen:02d}</p>'
        f"<dl><dt>{words['item']}</dt><dd>{escape(order['title'])}</dd>"
        f"<dt>{words['order']}</dt><dd>{escape(order['order'])}</dd>"
        f"<dt>{words['method']}</dt><dd>{method}</dd></dl>"
        f'<form method="post" action="/pay?{escape(query)}">'
        f'<button class="primary" name="do" value="pay">{words["pay"]}</button>'
        f'<button name="do" value="cancel">{words["cancel"]}</button></form>'
        f'<p class="note">{words["note"]}</p>',
    )


def messages(rows: list[dict[str, Any]], language: str) -> str:
    """The text messages of the demonstration."""
    tag = _tag(language)
    words = WORDS[tag]
    items = "".join(
        f"<li><strong>{escape(str(row.get('to', '')))}</strong><br>{escape(str(row.get('title', '')))}</li>"
        for row in rows
    )
    return _page(tag, words["messages"], f"<ol>{items}</ol>" if items else f"<p>{words['nothing']}</p>")
