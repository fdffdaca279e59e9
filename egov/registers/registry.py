"""Register handlers: the code that reads what a register knows about a party."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from egov.kernel.registries import Registry
from egov.kernel.text import LocalisedText


@dataclass(frozen=True)
class Fact:
    """What a register holds: the value, as JSON can carry it, and the day it was true."""

    value: Any
    register: str
    as_of: dt.date


@dataclass(frozen=True)
class Evidence:
    """What a register holds that answers for a material.

    ``rows``: ``{"label": text per language, "value": JSON, "sensitive": bool}``. ``document``: id of the sealed
    document, where the evidence is one that was issued here; else an extract is made of the rows. Without a title it is
    called an extract of its register.
    """

    party_id: int  # whom it is about
    register: str
    as_of: dt.date
    title: LocalisedText = field(default_factory=dict)
    number: str = ""
    rows: Sequence[Mapping[str, Any]] = ()
    valid_to: dt.date | None = None
    document: int | None = None


class Absent(StrEnum):
    """Why there is no evidence."""

    NO_REGISTER = "no_register"  # no register connected here holds this kind of evidence
    NOTHING = "nothing"  # the register holds nothing of it about the party
    ENDED = "ended"  # what it holds is no longer in force
    OTHER_PERSON = "other_person"  # it is about somebody who has no part in the application, or has not agreed
    NO_CONSENT = "no_consent"  # the applicant does not allow it, or not any more


@dataclass(frozen=True)
class RegisterHandler:
    """Reads one register. ``facts(party_id, elements)`` returns only what the register holds, in few statements.

    ``evidence(party_id, source)`` answers for a source of an evidence type (``definitions/evidence.yaml``); a handler
    without it has the evidence made of its facts. ``remote`` registers belong to other authorities:
    they are never read while a page is rendered.
    """

    key: str
    elements: Callable[[], Iterable[str]] = field(default=tuple)
    facts: Callable[[int, Sequence[str]], dict[str, Fact]] = field(default=lambda _party_id, _elements: {})
    evidence: Callable[[int, Mapping[str, Any]], Evidence | Absent] | None = None
    check: Callable[[], list[str]] = field(default=list)
    remote: bool = False


handlers: Registry[RegisterHandler] = Registry("register handlers")
