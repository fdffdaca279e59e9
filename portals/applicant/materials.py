"""The materials of a case as its pages tell them: handed in, given by a register with its day, or why not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from egov.casework.queries import CasePage, Given, MaterialLine, Paper, Standing, material_lines
from egov.catalogue import queries as catalogue
from egov.kernel.text import LocalisedText, localise
from egov.matters.actions import DECLARED
from egov.registers.queries import Absent, masked, register_names
from portals.applicant import answers as words
from portals.shared.components import SummaryRow, Tone
from portals.shared.templatetags.egov_ui import local_date, local_date_plain, localised


@dataclass(frozen=True)
class Line:
    """``papers`` were handed in; ``file`` is what a register gave, ``rows`` what it says."""

    key: str
    name: LocalisedText | str
    shared: bool
    can_be_fetched: bool
    word: str
    tone: Tone
    note: str
    papers: Sequence[Paper]
    rows: Sequence[SummaryRow]
    file: Paper | None


def lines_of(page: CasePage) -> list[Line]:
    return [_line(line) for line in material_lines(page)]


def _line(line: MaterialLine) -> Line:
    word, tone = _state(line)
    found = line.given if line.standing is Standing.FETCHED else None
    return Line(
        key=line.key,
        name=line.name or _other_paper(line.key),
        shared=line.shared,
        can_be_fetched=line.shared and (line.given is None or line.given.absent != Absent.NO_REGISTER),
        word=word,
        tone=tone,
        note=_note(line),
        papers=line.papers,
        rows=[SummaryRow(localised(row["label"]), _value(masked(row))) for row in found.rows] if found else [],
        file=line.extract if found else None,
    )


def _state(line: MaterialLine) -> tuple[str, Tone]:
    if line.standing is Standing.ABSENT and line.given is not None and line.given.absent == Absent.NO_CONSENT:
        return pgettext("a document", "not agreed"), Tone.RISK
    return {
        Standing.HANDED_IN: (pgettext("a document", "handed in"), Tone.OK),
        Standing.FETCHED: (pgettext("a document", "fetched"), Tone.OK),
        Standing.ABSENT: (pgettext("a document", "not found"), Tone.RISK),
        Standing.OPEN: (pgettext("a document", "not fetched yet"), Tone.WAIT),
        Standing.NEVER: (pgettext("a document", "not fetched"), Tone.DONE),
    }[line.standing]


def _note(line: MaterialLine) -> str:
    if line.given is None or line.standing is Standing.HANDED_IN:
        return ""
    return _why(line.given.absent) if line.given.absent else _source(line.given)


def _why(absent: str) -> str:
    return {
        Absent.NO_REGISTER: _("No register connected here holds it."),
        Absent.NOTHING: _("The register holds nothing of it about the applicant."),
        Absent.ENDED: _("What the register holds is no longer in force."),
        Absent.OTHER_PERSON: _("It is about another person, who has not agreed."),
        Absent.NO_CONSENT: _("The applicant does not allow that it is fetched."),
    }[Absent(absent)]


def _source(given: Given) -> str:
    register, title = localise(register_names().get(given.register, {})), localise(given.title)
    parts = [
        "" if title.startswith(register) else title,  # an extract is called by its register
        _("from the %(register)s") % {"register": register},
        _("as of %(day)s") % {"day": local_date_plain(given.as_of)} if given.as_of else "",
        _("No. %(number)s") % {"number": given.number} if given.number else "",
        _("valid until %(day)s") % {"day": local_date_plain(given.valid_to)} if given.valid_to else "",
    ]
    return _("; ").join(filter(None, parts))


def _value(value: str | LocalisedText) -> words.Shown:
    if isinstance(value, dict):
        return localised(value)
    try:
        return local_date(dt.date.fromisoformat(value))
    except ValueError:
        return value


def _other_paper(material: str) -> str:
    """What a paper is for which the service itself does not ask."""
    if not material.startswith(DECLARED):
        return material
    service = material.removeprefix(DECLARED)
    found = catalogue.published_many([service])
    name = localise(found[service].name) if service in found else service
    return _("Shows that this is done: %(service)s") % {"service": name}
