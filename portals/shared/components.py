"""What a component of ``templates/components/`` is given. Plain values, ready to draw; no query, no request.

A view makes these from what a room's queries return; the template tag of the same name (``egov_ui``) draws them.
The style guide (``/styleguide/``) shows each with its states.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from egov.kernel.clock import local

Text = str | Promise


# --- Deadlines ----------------------------------------------------------------------------------
class Tone(StrEnum):
    """How a badge speaks. Each tone has an icon and a colour; the word always stands beside them."""

    PLAIN = "plain"
    OK = "ok"
    NOTE = "note"
    RISK = "risk"
    DUE = "due"
    MISS = "miss"
    WAIT = "wait"
    DONE = "done"


@dataclass(frozen=True)
class Badge:
    text: Text
    tone: Tone = Tone.PLAIN
    icon: str = ""
    wrap: bool = False

    ICONS = {
        Tone.OK: "check",
        Tone.RISK: "schedule",
        Tone.DUE: "priority_high",
        Tone.MISS: "error",
        Tone.WAIT: "hourglass_empty",
        Tone.DONE: "check_circle",
        Tone.NOTE: "info",
        Tone.PLAIN: "",
    }

    @classmethod
    def of_state(cls, state: str, word: Text) -> Self:
        """``word`` with the tone and the icon of a state, by its key."""
        return cls(word, *_STATE_TONES.get(state, (Tone.PLAIN, "")))

    @property
    def shown_icon(self) -> str:
        return self.icon or self.ICONS[self.tone]


_STATE_TONES = {
    "submitted": (Tone.WAIT, "credit_card"),
    "received": (Tone.NOTE, "mail"),
    "correction": (Tone.RISK, "edit"),
    "accepted": (Tone.NOTE, "autorenew"),
    "suspended": (Tone.WAIT, "timer"),
    "decided": (Tone.NOTE, "verified"),
    "delivered": (Tone.OK, "check_circle"),
    "closed": (Tone.DONE, "check_circle"),
    "not_accepted": (Tone.MISS, "cancel"),
    "redirected": (Tone.WAIT, "fast_forward"),
    "withdrawn": (Tone.DONE, "undo"),
    "terminated": (Tone.DONE, "do_not_disturb"),
    "granted": (Tone.OK, "check_circle"),
    "refused": (Tone.MISS, "cancel"),
    "partly": (Tone.RISK, "check"),
    "draft": (Tone.WAIT, "edit"),
    "open": (Tone.NOTE, "autorenew"),
    "paid": (Tone.OK, "check_circle"),
    "unpaid": (Tone.RISK, "credit_card"),
    "cancelled": (Tone.DONE, "do_not_disturb"),
    "valid": (Tone.OK, "verified"),
    "revoked": (Tone.MISS, "cancel"),
    "expired": (Tone.RISK, "history"),
    "published": (Tone.OK, "check_circle"),
    "reviewed": (Tone.NOTE, "visibility"),
    "retired": (Tone.DONE, "do_not_disturb"),
}

_COLOUR_TONES = {"green": Tone.OK, "yellow": Tone.RISK, "orange": Tone.DUE, "red": Tone.MISS}


@dataclass(frozen=True)
class Deadline:
    """A due date as people read it. ``colour`` is ``deadlines.rules.colour``'s; ``days`` are working days left.

    ``days`` is negative when late and 0 on the last day. ``due`` is the first moment that is too late, so the day
    shown is the one before a due moment of 00:00.
    """

    badge: Badge
    due: dt.datetime | None = None

    @property
    def day(self) -> dt.date | None:
        return last_day(self.due) if self.due else None

    @classmethod
    def running(cls, *, colour: str, days: int, due: dt.datetime) -> Self:
        if days < 0 or colour == "red":
            late = max(-days, 1)
            text = ngettext("%(n)d working day late", "%(n)d working days late", late) % {"n": late}
            return cls(Badge(text, Tone.MISS), due)
        if days == 0:
            return cls(Badge(_("Due today"), Tone.DUE), due)
        text = ngettext("%(n)d working day left", "%(n)d working days left", days) % {"n": days}
        return cls(Badge(text, _COLOUR_TONES.get(colour, Tone.OK)), due)

    @classmethod
    def paused(cls, reason: Text, due: dt.datetime | None = None) -> Self:
        return cls(Badge(reason, Tone.WAIT), due)

    @classmethod
    def done(cls, *, at: dt.datetime, due: dt.datetime | None = None) -> Self:
        if due and at >= due:
            return cls(Badge(_("Done, later than promised"), Tone.DONE, icon="error"), None)
        return cls(Badge(_("Done on time") if due else _("Done"), Tone.DONE), None)

    @classmethod
    def none(cls) -> Self:
        return cls(Badge(_("No deadline"), Tone.PLAIN))


def last_day(due: dt.datetime) -> dt.date:
    """The last day on which ``due`` (the first moment that is too late) is kept."""
    moment = local(due)
    return (moment - dt.timedelta(microseconds=1)).date()


# --- Questions ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Option:
    value: str
    label: Text
    hint: Text = ""
    checked: bool = False
    fields: Sequence["Field"] = ()  # asked when this option is chosen; shown below it


@dataclass(frozen=True)
class Why:
    """The reason behind a question, a figure or a date, down to the clause."""

    text: Text
    law: Text = ""
    law_url: str = ""
    summary: Text = ""
    cases_url: str = ""
    open: bool = False


@dataclass(frozen=True)
class Source:
    """Where a known fact comes from. ``register`` in words; ``as_of`` the day it was read or entered."""

    register: Text
    as_of: dt.date | None = None
    verified: bool = True
    note: Text = ""


@dataclass(frozen=True)
class Attached:
    """A file that stands with a field. ``note`` says size, time and, if wrong, why."""

    name: str
    note: Text = ""
    url: str = ""
    remove_name: str = ""  # name of the submit button that takes it off
    remove_value: str = ""
    image: bool = False


@dataclass(frozen=True)
class Field:
    """One question. ``widget``: text textarea number money date radio select checkbox checkboxes file group
    password email tel search region hidden. ``value`` as typed. A ``group`` repeats: ``rows`` of fields."""

    name: str
    label: Text
    widget: str = "text"
    value: Any = ""
    hint: Text = ""
    error: Text = ""
    required: bool = True
    options: Sequence[Option] = ()
    unit: Text = ""
    source: Source | None = None
    why: Why | None = None
    files: Sequence[Attached] = ()
    accept: str = ""
    limits: Text = ""  # of a file: what is taken, said beforehand
    max_bytes: int = 0
    multiple: bool = False
    camera: bool = False
    rows: Sequence["Row"] = ()
    add_label: Text = ""
    minimum: Any = ""
    maximum: Any = ""
    max_length: int | None = None
    lines: int = 4
    input_mode: str = ""
    autocomplete: str = ""
    placeholder: Text = ""
    width: str = ""  # "s", "m" or "" (full)
    readonly: bool = False
    attributes: dict[str, str] = field(default_factory=dict)  # hx-*, data-*: never style or on*

    @property
    def id(self) -> str:
        return "f-" + self.name.replace("/", "-").replace(".", "-").replace("[", "-").replace("]", "")

    @property
    def is_set(self) -> bool:
        """Radios, checkboxes and groups have a legend, the others a label."""
        return self.widget in ("radio", "checkboxes", "group", "date")

    @property
    def described_by(self) -> str:
        ids = [f"{self.id}-{part}" for part, has in (("h", self.hint or self.limits), ("e", self.error)) if has]
        return " ".join(ids)

    @property
    def date_parts(self) -> "tuple[Field, Field, Field]":
        """Year, month, day as three small numbers: no calendar to learn, any keyboard, any screen reader."""
        year, month, day = self._split_date()
        plain = replace(self, widget="number", width="s", hint="", error="", files=(), source=None, why=None)
        return (
            replace(plain, name=f"{self.name}__y", label=_("Year"), value=year, max_length=4),
            replace(plain, name=f"{self.name}__m", label=_("Month"), value=month, max_length=2),
            replace(plain, name=f"{self.name}__d", label=_("Day"), value=day, max_length=2),
        )

    def _split_date(self) -> tuple[str, str, str]:
        if isinstance(self.value, dt.date):
            return str(self.value.year), str(self.value.month), str(self.value.day)
        parts = [*str(self.value or "").split("-"), "", "", ""]
        return parts[0], parts[1].lstrip("0"), parts[2].lstrip("0")


@dataclass(frozen=True)
class Row:
    """One entry of a repeating group."""

    title: Text
    fields: Sequence[Field]
    remove_name: str = ""
    remove_value: str = ""


@dataclass(frozen=True)
class Fault:
    """One line of the error summary; ``target`` is the id of the field it leads to."""

    message: Text
    target: str = ""


def faults_of(fields: Sequence[Field]) -> list[Fault]:
    """The faults of these fields and all below them, in the order of the page."""
    found: list[Fault] = []
    for item in fields:
        if item.error:
            found.append(Fault(item.error, item.id + ("__y" if item.widget == "date" else "")))
        for option in item.options:
            found += faults_of(option.fields)
        for row in item.rows:
            found += faults_of(row.fields)
    return found


@dataclass(frozen=True)
class SummaryRow:
    """A known fact or an answer: what, value, from where, and where to change it."""

    label: Text
    value: Any
    source: Source | None = None
    note: Text = ""
    action: Text = ""
    action_url: str = ""
    language: str = ""  # of the value, when it is data in another language than the page


@dataclass(frozen=True)
class Step:
    title: Text
    state: str = ""  # "done", "current" or "" (to come)
    url: str = ""


# --- Explanations, documents, figures ----------------------------------------------------------------
@dataclass(frozen=True)
class TreeNode:
    """A figure, how it was worked out, the clause it rests on, and the figures below it."""

    label: Text
    amount: str
    calculation: Text = ""
    law: Text = ""
    law_url: str = ""
    children: Sequence["TreeNode"] = ()
    open: bool = False


@dataclass(frozen=True)
class DocumentCard:
    """A document and its seal. ``state``: sealed, waiting, revoked, replaced."""

    title: Text
    state: str
    note: Text = ""
    url: str = ""
    seal_text: str = ""  # two to six characters cut in the seal
    issuer: Text = ""
    verify_url: str = ""
    about: Text = ""  # the service it came from, among documents of several


@dataclass(frozen=True)
class Figure:
    """A public figure. ``low`` and ``high`` bound the 95 % interval; ``axis`` is the drawn range, in its unit."""

    label: Text
    value: str
    unit: Text = ""
    note: Text = ""
    point: float | None = None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    axis: tuple[float, float] = (0.0, 100.0)
    why: Why | None = None
    link: Text = ""
    link_url: str = ""

    WIDTH = 240.0

    def _x(self, number: float) -> str:
        low, high = self.axis
        share = (min(max(number, low), high) - low) / (high - low or 1)
        return f"{2 + share * (self.WIDTH - 4):.1f}"

    @property
    def point_x(self) -> str:
        return "" if self.point is None else self._x(self.point)

    @property
    def low_x(self) -> str:
        return "" if self.low is None else self._x(self.low)

    @property
    def high_x(self) -> str:
        return "" if self.high is None else self._x(self.high)

    @property
    def target_x(self) -> str:
        return "" if self.target is None else self._x(self.target)


@dataclass(frozen=True)
class Series:
    name: Text
    values: Sequence[float]
    shown: Sequence[str]  # the same values as people read them


@dataclass(frozen=True)
class DrawnCell:
    x: str
    width: str
    series: int


@dataclass(frozen=True)
class BarChart:
    """Stacked bars, one per label, with the table of the same numbers beneath. ``line`` marks a reference."""

    caption: Text
    labels: Sequence[Text]
    series: Sequence[Series]
    unit: Text = ""
    line: float | None = None
    line_label: Text = ""
    heading: Text = ""  # of the first column

    @property
    def _top(self) -> float:
        sums = [sum(s.values[i] for s in self.series) for i in range(len(self.labels))]
        return max([*sums, self.line or 0.0, 1e-9])

    @property
    def line_x(self) -> str:
        return "" if self.line is None else f"{self.line / self._top * 100:.2f}"

    @property
    def rows(self) -> list[tuple[Text, list[DrawnCell], str]]:
        """Label, cells to draw, and the sentence that says the same."""
        drawn = []
        for i, label in enumerate(self.labels):
            at, cells = 0.0, []
            for n, series in enumerate(self.series):
                width = series.values[i] / self._top * 100
                cells.append(DrawnCell(f"{at:.2f}", f"{width:.2f}", n))
                at += width
            drawn.append((label, cells, "; ".join(f"{s.name} {s.shown[i]}" for s in self.series)))
        return drawn

    @property
    def table(self) -> list[tuple[Text, list[str]]]:
        return [(label, [s.shown[i] for s in self.series]) for i, label in enumerate(self.labels)]


# --- Lists and navigation ---------------------------------------------------------------------------
@dataclass(frozen=True)
class Tab:
    title: Text
    url: str
    count: int | None = None
    current: bool = False
    alarm: bool = False
    key: str = ""


@dataclass(frozen=True)
class Crumb:
    title: Text
    url: str = ""


@dataclass(frozen=True)
class Link:
    title: Text
    url: str
    note: Text = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a dense list. ``label`` is said beside it where the table falls into blocks (phone)."""

    text: Any = ""
    label: Text = ""
    note: Text = ""
    url: str = ""
    mono: str = ""
    badge: Badge | None = None
    muted: bool = False


@dataclass(frozen=True)
class ListRow:
    """A row of the inbox or of any dense list."""

    cells: Sequence[Cell]
    key: str = ""  # value of its check box
    deadline: Deadline | None = None
    current: bool = False


@dataclass(frozen=True)
class ListTable:
    caption: Text
    columns: Sequence[Text]
    rows: Sequence[ListRow]
    selectable: bool = False
    select_name: str = "item"
    deadlines: bool = False  # first column shows the deadline of each row
    empty_title: Text = ""
    empty_text: Text = ""


@dataclass(frozen=True)
class Message:
    """One message of a thread. ``mine``: written from this side."""

    author: Text
    at: dt.datetime
    text: str
    mine: bool = False
    files: Sequence[Attached] = ()
    language: str = ""


@dataclass(frozen=True)
class PlanStep:
    """A step of a review plan or of a case's story. ``state``: done, current, todo, skipped, failed."""

    title: Text
    state: str
    note: Text = ""
    when: Text = ""


@dataclass(frozen=True)
class State:
    """A state a thing can be in. ``state``: done, current, next (may follow), other."""

    title: Text
    state: str
    note: Text = ""


@dataclass(frozen=True)
class KeyHint:
    keys: Sequence[str]
    text: Text


@dataclass(frozen=True)
class ServiceCard:
    """A service in a list: name, why it is listed, who is responsible, how long, what it costs."""

    title: Text
    url: str
    text: Text = ""
    reasons: Sequence[Text] = ()
    time: Text = ""
    time_note: Text = ""
    cost: Text = ""
    department: Text = ""
    badges: Sequence[Badge] = ()
    number: int | None = None
    why: Why | None = None
    language: str = ""
