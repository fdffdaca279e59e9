"""Filters and components of all pages. A builtin: no ``{% load %}`` needed. Each component is shown at /styleguide/.

Components take the dataclasses of ``portals.shared.components``; templates stand in ``templates/components/``.
"""

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import template
from django.forms import BaseForm, BoundField, ChoiceField
from django.forms.boundfield import BoundWidget
from django.template.context import Context
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from egov.kernel import clock
from egov.kernel.text import DEFAULT_LANGUAGE, language_tag, localise
from portals.shared import components as c
from portals.shared import drawings

register = template.Library()

MINUS = "−"


# --- Text -----------------------------------------------------------------------------------------
@register.filter
def localised(text: Mapping[str, str] | str | None) -> str | SafeString:
    """The text in the page's language. Data that lacks it comes in another one, marked with its ``lang``."""
    if not text or isinstance(text, str | Promise):
        return str(text or "")
    shown, tag = localise(text), language_tag()
    if text.get(tag):
        return shown
    other = DEFAULT_LANGUAGE if text.get(DEFAULT_LANGUAGE) else next(iter(text))
    return format_html('<span lang="{}">{}</span>', other, shown)


@register.filter
def localised_plain(text: Mapping[str, str] | str | Promise | None) -> str:
    """As ``localised``, for attributes and titles: never with markup."""
    return str(text) if isinstance(text, Promise) else localise(text)


@register.filter
def data_text(value: Any) -> str | SafeString:
    """Text that people entered (names, addresses, messages): marked as Chinese on a page in another language."""
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping):
        return localised(value)
    text = str(value)
    if language_tag() != DEFAULT_LANGUAGE and any("\u3400" <= character <= "\u9fff" for character in text):
        return format_html('<span lang="{}">{}</span>', DEFAULT_LANGUAGE, text)
    return conditional_escape(value)


@register.filter
def masked(text: str | None) -> str:
    """A number with its middle hidden (310***********1234); a name keeps its first character."""
    value = str(text or "")
    if len(value) <= 4:
        return value[:1] + "*" * max(len(value) - 1, 0)
    head, tail = (3, 4) if len(value) > 8 else (1, 1)
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]


_BROWSERS = (
    ("Edg", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


@register.filter
def device(user_agent: str) -> str:
    """Browser and system in two words, from what the browser says of itself."""
    named = [next((name for sign, name in signs if sign in user_agent), "") for signs in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, named)) or _("Unknown device")


# --- Dates and times --------------------------------------------------------------------------------
def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _day(moment: dt.date | dt.datetime | str | None) -> dt.date | None:
    if isinstance(moment, str):
        moment = dt.datetime.fromisoformat(moment) if "T" in moment else dt.date.fromisoformat(moment)
    if isinstance(moment, dt.datetime):
        return clock.local(moment).date()
    return moment


@register.filter
def local_date(moment: dt.date | dt.datetime | str | None) -> SafeString | str:
    """2026年11月24日 · 24 November 2026"""
    day = _day(moment)
    if day is None:
        return ""
    text = f"{day.year}年{day.month}月{day.day}日" if _is_chinese() else date_format(day, "j F Y")
    return format_html('<time class="nowrap" datetime="{}">{}</time>', day.isoformat(), text)


@register.filter
def local_date_plain(moment: dt.date | dt.datetime | str | None) -> str:
    """As ``local_date``, without markup, for attributes and sentences that are translated whole."""
    day = _day(moment)
    if day is None:
        return ""
    return f"{day.year}年{day.month}月{day.day}日" if _is_chinese() else date_format(day, "j F Y")


@register.filter
def short_date(moment: dt.date | dt.datetime | str | None) -> str:
    """11月24日 · 24 November; with the year when it is not this one."""
    day = _day(moment)
    if day is None:
        return ""
    if day.year != clock.today().year:
        return local_date_plain(day)
    return f"{day.month}月{day.day}日" if _is_chinese() else date_format(day, "j F")


@register.filter
def local_datetime(moment: dt.datetime | None) -> SafeString | str:
    """2026年11月24日 09:12 · 24 November 2026, 09:12"""
    if moment is None:
        return ""
    stamp = clock.local(moment).isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', stamp, local_datetime_plain(moment))


@register.filter
def local_datetime_plain(moment: dt.datetime) -> str:
    """As ``local_datetime``, without markup."""
    local = clock.local(moment)
    separator = " " if _is_chinese() else ", "
    return f"{local_date_plain(local)}{separator}{local:%H:%M}"


@register.filter
def local_time(moment: dt.datetime | None) -> str:
    return f"{clock.local(moment):%H:%M}" if moment else ""


@register.filter
def weekday(moment: dt.date | dt.datetime | None) -> str:
    day = _day(moment)
    if day is None:
        return ""
    return "周" + "一二三四五六日"[day.weekday()] if _is_chinese() else date_format(day, "l")


@register.filter
def due_day(due: dt.datetime | None) -> SafeString | str:
    """The last day of a due moment (which is the first moment that is too late)."""
    return local_date(c.last_day(due)) if due else ""


# --- Numbers ------------------------------------------------------------------------------------------
@register.filter
def amount(value: Decimal | int | str | None) -> str:
    """1,234.50, with a true minus: for tables."""
    if value is None or value == "":
        return ""
    number = Decimal(value)
    return (MINUS if number < 0 else "") + f"{abs(number):,.2f}"


@register.filter
def money(value: Decimal | int | str | None) -> SafeString | str:
    """12元 · ¥12: for sentences; no decimals when it is whole."""
    text = money_plain(value)
    return format_html('<span class="num">{}</span>', text) if text else ""


def money_plain(value: Decimal | int | str | None) -> str:
    if value is None or value == "":
        return ""
    number = Decimal(value)
    digits = f"{abs(number):,.0f}" if number == number.to_integral_value() else f"{abs(number):,.2f}"
    sign = MINUS if number < 0 else ""
    return f"{sign}{digits}元" if _is_chinese() else f"{sign}¥{digits}"


@register.filter
def number(value: Decimal | float | int | None) -> str:
    """1,234 or 2.5; at most one decimal."""
    if value is None:
        return ""
    rounded = round(Decimal(str(value)), 1)
    text = f"{abs(rounded):,.0f}" if rounded == rounded.to_integral_value() else f"{abs(rounded):,.1f}"
    return (MINUS if rounded < 0 else "") + text


@register.filter
def percent(share: Decimal | float | None) -> str:
    """0.968 → 96.8 %, written 96.8%."""
    return "" if share is None else f"{Decimal(str(share)) * 100:.1f}%"


@register.filter
def percent_fine(share: Decimal | float | None) -> str:
    """0.99954 → 99.95%: for availability, where the second place matters."""
    return "" if share is None else f"{Decimal(str(share)) * 100:.2f}%"


@register.filter
def working_days(count: int | float | Decimal | None) -> str:
    """5个工作日 · 5 working days; 0 is on the spot."""
    if count is None:
        return ""
    if Decimal(str(count)) == 0:
        return _("On the spot")
    shown = number(count)
    return ngettext("%(n)s working day", "%(n)s working days", 1 if shown == "1" else 2) % {"n": shown}


_LIMITS = {
    "working_days": lambda n: ngettext("%(n)s working day", "%(n)s working days", n),
    "days": lambda n: ngettext("%(n)s day", "%(n)s days", n),
    "months": lambda n: ngettext("%(n)s month", "%(n)s months", n),
    "hours": lambda n: ngettext("%(n)s hour", "%(n)s hours", n),
    "minutes": lambda n: ngettext("%(n)s minute", "%(n)s minutes", n),
    "years": lambda n: ngettext("%(n)s year", "%(n)s years", n),
}
_LIMITS |= {
    "wd": _LIMITS["working_days"],
    "cd": _LIMITS["days"],
    "d": _LIMITS["days"],
    "m": _LIMITS["months"],
    "h": _LIMITS["hours"],
    "y": _LIMITS["years"],
}


@register.filter
def limit(count: int | None, unit: str = "wd") -> str:
    """A limit in words; ``unit`` is wd (working days), cd or d (days), m (months), h (hours) or y (years)."""
    if count is None:
        return ""
    if count == 0:
        return _("On the spot")
    return _LIMITS[unit](count) % {"n": count}


@register.filter
def file_size(size: int | None) -> str:
    if size is None:
        return ""
    if size < 1024 * 1024:
        return f"{max(size // 1024, 1)} KB"
    return f"{size / 1024 / 1024:.1f} MB"


# --- Small marks ----------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A picture beside a word. With ``label`` it speaks for itself."""
    if not label:
        return _silent_icon(name)
    return format_html(
        '<svg class="ic" role="img" aria-label="{}" focusable="false"><use href="{}#{}"></use></svg>',
        label,
        static(_SPRITE),
        name,
    )


_SPRITE = "vendor/uswds/img/sprite.svg"


@functools.cache  # the same some hundred times on a long list
def _silent_icon(name: str) -> SafeString:
    return format_html(
        '<svg class="ic" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', static(_SPRITE), name
    )


def _badge(item: c.Badge) -> SafeString:
    picture = icon(item.shown_icon) if item.shown_icon else ""
    return format_html(
        '<span class="bdg bdg--{}{}">{}{}</span>',
        item.tone.value,
        " bdg--wrap" if item.wrap else "",
        picture,
        item.text,
    )


@register.simple_tag
def badge(item: c.Badge | str, tone: str = "plain", icon_name: str = "") -> SafeString:
    """``{% badge badge_object %}`` or ``{% badge "Free" "ok" %}``."""
    return _badge(item if isinstance(item, c.Badge) else c.Badge(item, c.Tone(tone), icon_name))


@register.simple_tag
def status(state: str, word: str) -> SafeString:
    """A state in its own word (``{% status case.state case.get_state_display %}``) with tone and icon by its key."""
    return _badge(c.Badge.of_state(state, word))


@register.simple_tag
def deadline(item: c.Deadline | None) -> SafeString:
    """The deadline badge and, below it, the day."""
    if item is None:
        return mark_safe("")
    if item.day is None:
        return _badge(item.badge)
    return format_html('{}<span class="ref num">{}</span>', _badge(item.badge), short_date(item.day))


@register.simple_tag
def source(item: c.Source | None) -> SafeString:
    """The line under a known fact: which register, as of when."""
    if item is None:
        return mark_safe("")
    parts = [data_text(item.register)]
    if item.as_of:
        parts.append(_("as of %(day)s") % {"day": local_date_plain(item.as_of)})
    if item.note:
        parts.append(conditional_escape(str(item.note)))
    text = mark_safe(("；" if _is_chinese() else "; ").join(str(conditional_escape(part)) for part in parts))  # noqa: S308 (each part escaped)
    return format_html(
        '<span class="src">{}<span>{}</span></span>', icon("verified_user") if item.verified else "", text
    )


@register.simple_block_tag
def why(content: str, summary: str, opened: bool = False) -> SafeString:
    """``{% why "How it is worked out" %}…{% endwhy %}``: a small disclosure that ends at a clause (``.law``)."""
    return format_html(
        '<details class="why"{}><summary>{}</summary><div>{}</div></details>',
        mark_safe(" open") if opened else "",
        summary,
        content,
    )


@register.simple_tag
def because(item: c.Why | None) -> SafeString:
    """The same from a ``Why``."""
    if item is None:
        return mark_safe("")
    law: SafeString | str = ""
    if item.law and item.law_url:
        law = format_html('<p class="law"><a href="{}">{}</a></p>', item.law_url, data_text(item.law))
    elif item.law:
        law = format_html('<p class="law">{}</p>', data_text(item.law))
    cases = format_html('<p><a href="{}">{}</a></p>', item.cases_url, _("Case by case")) if item.cases_url else ""
    body = format_html("<p>{}</p>{}{}", item.text, law, cases)
    return why(body, str(item.summary or _("Why")), item.open)


@register.simple_tag
def seal(text: str = "", label: str = "", void: bool = False) -> SafeString:
    """A square seal with up to four characters, read from the right; dashed and empty when there is none."""
    if not text:
        return mark_safe(
            '<svg class="seal seal--none" viewBox="0 0 60 60" aria-hidden="true">'
            '<rect x="3" y="3" width="54" height="54" rx="5"></rect></svg>'
        )
    places = [("41", "27"), ("41", "49"), ("19", "27"), ("19", "49")]
    glyphs = format_html_join(
        "", '<text x="{}" y="{}">{}</text>', ((x, y, ch) for ch, (x, y) in zip(text, places, strict=False))
    )
    return format_html(
        '<svg class="seal{}" viewBox="0 0 60 60" role="img" aria-label="{}">'
        '<rect x="3" y="3" width="54" height="54" rx="5"></rect><g lang="{}">{}</g></svg>',
        " seal--void" if void else "",
        label or _("Seal"),
        DEFAULT_LANGUAGE,
        glyphs,
    )


# --- Components with a template ---------------------------------------------------------------------------
def component(name: str) -> Any:
    return register.inclusion_tag(f"components/{name}.html", name=name)


@component("need_box")
def need_box(
    query: str = "", examples: Sequence[tuple[str, str]] = (), large: bool = False, focus: bool = False
) -> dict[str, Any]:
    """The box that takes a need. ``examples``: (occasion, sentence); ``large`` on the front page."""
    return {"query": query, "examples": examples, "large": large, "focus": focus}


@component("service_cards")
def service_cards(cards: Sequence[c.ServiceCard], heading: str = "h3") -> dict[str, Any]:
    return {"cards": cards, "heading": heading}


@component("field")
def field(item: c.Field) -> dict[str, Any]:
    return {"field": item}


@component("error_summary")
def error_summary(faults: Sequence[c.Fault]) -> dict[str, Any]:
    return {"faults": faults}


@component("summary_list")
def summary_list(rows: Sequence[c.SummaryRow]) -> dict[str, Any]:
    return {"rows": rows}


@component("timeline")
def timeline(drawing: drawings.Timeline) -> dict[str, Any]:
    return {"timeline": drawing}


@component("bundle_map")
def bundle_map(drawing: drawings.BundleMap) -> dict[str, Any]:
    return {"map": drawing}


@component("tree")
def tree(nodes: Sequence[c.TreeNode]) -> dict[str, Any]:
    return {"nodes": nodes}


@component("tree_node")
def tree_node(node: c.TreeNode) -> dict[str, Any]:
    return {"node": node}


@component("document_card")
def document_card(document: c.DocumentCard, heading: str = "h3") -> dict[str, Any]:
    return {"document": document, "heading": heading}


@component("list_table")
def list_table(table: c.ListTable) -> dict[str, Any]:
    return {"table": table}


@component("chart")
def chart(drawing: c.BarChart) -> dict[str, Any]:
    return {"chart": drawing}


@component("figure")
def figure(item: c.Figure) -> dict[str, Any]:
    return {"figure": item}


@component("steps")
def steps(items: Sequence[c.Step]) -> dict[str, Any]:
    current = next((n for n, item in enumerate(items, 1) if item.state == "current"), 0)
    return {"steps": items, "current": current, "total": len(items)}


@component("pager")
def pager(page: Any) -> dict[str, Any]:
    """Anything with ``previous_url`` and ``next_url``."""
    return {"page": page}


@component("empty")
def empty(title: str, text: str = "", action: str = "", url: str = "", icon_name: str = "") -> dict[str, Any]:
    return {"title": title, "text": text, "action": action, "url": url, "icon_name": icon_name}


@component("filters")
def filters(fields: Sequence[c.Field], clear_url: str = "", label: str = "") -> dict[str, Any]:
    """A GET form: what is chosen stands in the address, survives a reload and can be shared."""
    return {"fields": fields, "clear_url": clear_url, "label": label}


@component("key_map")
def key_map(hints: Sequence[c.KeyHint], shown: int = 6) -> dict[str, Any]:
    return {"hints": hints, "first": hints[:shown]}


@component("tabs")
def tabs(items: Sequence[c.Tab], label: str) -> dict[str, Any]:
    return {"tabs": items, "label": label}


@component("crumbs")
def crumbs(items: Sequence[c.Crumb]) -> dict[str, Any]:
    return {"crumbs": items}


@component("thread")
def thread(messages: Sequence[c.Message]) -> dict[str, Any]:
    return {"thread": messages}


@component("plan")
def plan(items: Sequence[c.PlanStep]) -> dict[str, Any]:
    return {"plan": items}


@component("state_map")
def state_map(states: Sequence[c.State]) -> dict[str, Any]:
    return {
        "done": [s for s in states if s.state == "done"],
        "current": [s for s in states if s.state == "current"],
        "next": [s for s in states if s.state == "next"],
        "other": [s for s in states if s.state == "other"],
    }


@component("case_header")
def case_header(
    title: str, reference: str = "", kind: str = "", badges: Sequence[c.Badge] = (), keys: Sequence[c.KeyHint] = ()
) -> dict[str, Any]:
    return {"title": title, "reference": reference, "kind": kind, "badges": badges, "keys": keys}


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """The address of this page with some parameters changed; an empty value takes one away."""
    request = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = value
    encoded = query.urlencode()
    return f"{request.path}?{encoded}" if encoded else request.path


_CONTROLS = {
    "textarea": "usa-textarea",
    "select": "usa-select",
    "selectmultiple": "usa-select",
    "checkbox": "usa-checkbox__input",
    "checkboxinput": "usa-checkbox__input",
    "clearablefile": "",
    "file": "",
}


# A text of both languages has a field for each; whoever reads it aloud has to know in which it is.
_LANGUAGE_OF_FIELD = {"zh": "zh-Hans", "en": "en"}


@register.filter
def control(bound: BoundField) -> SafeString:
    """The input of a Django form field in our look, tied to its hint and its errors."""
    kind = bound.widget_type
    name = _CONTROLS.get(kind, "usa-input")
    described = [f"{bound.auto_id}-h"] if bound.help_text else []
    attributes: dict[str, str | bool] = {"class": name}
    if bound.errors:
        described.append(f"{bound.auto_id}-e")
        attributes |= {"class": f"{name} usa-input--error", "aria-invalid": "true"}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if language := _LANGUAGE_OF_FIELD.get(bound.name.rpartition("_")[2]):
        attributes["lang"] = language
    return bound.as_widget(attrs=attributes)


@register.filter
def tick_box(choice: BoundWidget) -> SafeString:
    """One box of a list of choices in our look; its label stands beside it."""
    choice.data["attrs"] |= {"class": "usa-checkbox__input"}
    return choice.tag()


@register.filter
def may_be_left_out(bound: BoundField) -> bool:
    """Whether nothing need be given. A list whose every line says something always has a value."""
    if bound.field.required:
        return False
    if not isinstance(bound.field, ChoiceField) or bound.widget_type != "select":
        return True
    choices = cast("Iterable[tuple[Any, Any]]", bound.field.choices)
    return any(value == "" and label == "—" for value, label in choices)


@component("form_fields")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """All fields of a Django form (console, sign-in): label, hint, error, control; faults in a summary first."""
    faults = [c.Fault(str(error)) for error in form.non_field_errors()]
    faults += [c.Fault(str(error), bound.auto_id) for bound in form for error in bound.errors]
    return {"form": form, "faults": faults}
