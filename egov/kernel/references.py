"""Readable, typo-safe references: ``JZ-C-261124-00042-QU``.

Prefix of the instance, letter of the kind, day, counter from one sequence, two check characters
(ISO/IEC 7064 MOD 1271-36 over the rest: every single error and every swap of neighbours is found).
The counter comes in blocks, so most references cost no round trip; gaps are allowed here. Numbers that the
law wants without gaps come from :class:`egov.kernel.models.Counter`.
"""

import datetime as dt
import os
import threading
import unicodedata

from django.conf import settings
from django.db import connection

from egov.kernel import clock

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLOCK = 50  # increment of kernel_reference_seq

_block = threading.local()


def forget_block() -> None:
    """Give up the rest of this thread's block: two processes, or a database made anew, must not share one."""
    _block.__dict__.clear()


os.register_at_fork(after_in_child=forget_block)


def next_number() -> int:
    """The next number of this thread's block; draws a new block when it is used up."""
    upcoming: int = getattr(_block, "upcoming", 0)
    end: int = getattr(_block, "end", 0)
    if upcoming >= end or getattr(_block, "database", None) != connection.settings_dict["NAME"]:
        with connection.cursor() as cursor:
            cursor.execute("select nextval('kernel_reference_seq')")
            upcoming = cursor.fetchone()[0]
        _block.end = upcoming + BLOCK
        _block.database = connection.settings_dict["NAME"]
    _block.upcoming = upcoming + 1
    return upcoming


def check_characters(body: str) -> str:
    """Two check characters over the letters and digits of ``body`` (ISO/IEC 7064 MOD 1271-36)."""
    remainder = 0
    for character in body:
        if character != "-":
            remainder = (remainder + ALPHABET.index(character)) * 36 % 1271
    check = (1 - remainder * 36) % 1271
    return ALPHABET[check // 36] + ALPHABET[check % 36]


def draw(kind: str, *, day: dt.date | None = None) -> str:
    """A new reference for ``kind`` (one capital letter or two); ``day`` for a thing that is older than today."""
    body = f"{settings.EGOV_REFERENCE_PREFIX}-{kind}-{day or clock.today():%y%m%d}-{next_number():05d}"
    return f"{body}-{check_characters(body)}"


def normalise(text: str) -> str:
    """What a person typed, as a reference: upper case, no spaces, any width, any dash. Does not check it."""
    dashes = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
    return "".join(unicodedata.normalize("NFKC", text).translate(dashes).upper().split())


def is_valid(reference: str) -> bool:
    """Whether the check characters fit."""
    body, _, check = reference.rpartition("-")
    return bool(body) and set(body) <= set(ALPHABET + "-") and check_characters(body) == check
