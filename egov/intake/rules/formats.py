"""Formats of answers: how people write them, how they are kept, and when they are wrong.

Each ``read_*`` takes what was typed (any width, with the usual separators) and returns the form it is kept in, or
raises ``ValueError`` (``InvalidInput`` from the rules of identity, whose message says what is wrong).
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from jsonschema import FormatChecker

from egov.identity.rules import check_resident_id, check_uscc
from egov.kernel.errors import InvalidInput

_HOME = "CN"
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONEY_DIGITS = 16  # before the point, as the database keeps it


def narrow(text: str) -> str:
    """Full-width letters and digits as ASCII, no space at the ends."""
    return unicodedata.normalize("NFKC", text).strip()


def read_date(text: str) -> str:
    """2026-3-7, 2026/03/07, 2026年3月7日, 20260307 → 2026-03-07."""
    narrowed = narrow(text)
    match = _DATE.fullmatch(narrowed) or _COMPACT_DATE.fullmatch(narrowed)
    if match is None:
        raise ValueError("not a date")
    year, month, day = (int(part) for part in match.groups())
    return dt.date(year, month, day).isoformat()


def read_money(text: str) -> str:
    """1,234.5, ¥1234.50, １２３４.５元 → 1234.50. At most two places, never negative."""
    bare = narrow(text).removeprefix("¥").removesuffix("元").replace(",", "").replace(" ", "")
    if not re.fullmatch(r"\d+(\.\d{1,2}0*)?", bare, flags=re.ASCII):
        raise ValueError("not an amount")
    try:
        amount = Decimal(bare).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError("too many digits") from None
    if amount >= Decimal(10) ** _MONEY_DIGITS:
        raise ValueError("too many digits")
    return str(amount)


def read_phone(text: str) -> str:
    """138 0013 8000, +86 138-0013-8000 → 13800138000; a foreign number with its country code → +4915112345678."""
    try:
        number = phonenumbers.parse(narrow(text), _HOME)
    except phonenumbers.NumberParseException:
        raise ValueError("not a phone number") from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError("not a phone number")
    if number.country_code != phonenumbers.country_code_for_region(_HOME):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return national.replace(" ", "")


def read_resident_id(text: str) -> str:
    number = _bare_number(text)
    check_resident_id(number)
    return number


def read_uscc(text: str) -> str:
    number = _bare_number(text)
    check_uscc(number)
    return number


def _bare_number(text: str) -> str:
    return re.sub(r"[\s-]", "", narrow(text)).upper()


def read_email(text: str) -> str:
    address = narrow(text)
    try:
        validate_email(address)
    except ValidationError:
        raise ValueError("not an e-mail address") from None
    return address


def read_time(text: str) -> str:
    """9:05, 9：05, 09.05 → 09:05."""
    match = re.fullmatch(r"(\d{1,2})[:.时](\d{2})分?", narrow(text), flags=re.ASCII)
    if match is None:
        raise ValueError("not a time")
    return dt.time(int(match[1]), int(match[2])).strftime("%H:%M")


def read_uri(text: str) -> str:
    address = narrow(text)
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise ValueError("not a web address") from None
    return address


READERS: dict[str, Callable[[str], str]] = {
    "date": read_date,
    "money": read_money,
    "phone": read_phone,
    "cn-resident-id": read_resident_id,
    "cn-uscc": read_uscc,
    "email": read_email,
    "time": read_time,
    "uri": read_uri,
}


def _fits(reader: Callable[[str], str]) -> Callable[[Any], bool]:
    return lambda value: not isinstance(value, str) or reader(value) == value


checker = FormatChecker(formats=())
for _name, _reader in READERS.items():
    checker.checks(_name, raises=(ValueError, InvalidInput))(_fits(_reader))
