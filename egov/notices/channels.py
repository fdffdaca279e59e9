"""E-mail by SMTP (Django's backend) and text messages through a gateway's HTTP interface."""

import json
import urllib.request
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from egov.notices import sandbox
from egov.notices.registry import Channel, Outgoing, channels

TIMEOUT = 10  # seconds


def send_email(message: Outgoing) -> str:
    """The Message-ID is made of the idempotency key, so that a repeat can be told from a new message."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message_id = f"<{message.key}@{domain}>"
    EmailMessage(
        subject=message.title,
        body=f"{message.body}\n\n{message.url}\n",
        to=[message.address],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    ).send()
    return message_id


def send_sms(message: Outgoing) -> str:
    """POST to ``EGOV_SMS_URL`` with the key in ``Idempotency-Key``; without an address, into the sandbox's folder."""
    if not settings.EGOV_SMS_URL:
        return sandbox.take("sms", message)
    request = urllib.request.Request(  # noqa: S310 - the address is a setting
        settings.EGOV_SMS_URL,
        data=json.dumps({"to": message.address, "text": f"{message.title} {message.url}"}).encode(),
        headers={
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
            "Authorization": f"Bearer {settings.EGOV_SMS_TOKEN}",
        },
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
        return str(json.load(response).get("id", message.key))


def _check_sms() -> list[str]:
    if settings.EGOV_SMS_URL and not settings.EGOV_SMS_URL.startswith("https://"):
        return ["EGOV_SMS_URL must be an https address"]
    return []


channels.add("email", Channel(key="email", send=send_email))
channels.add("sms", Channel(key="sms", send=send_sms, check=_check_sms))
