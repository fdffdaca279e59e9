"""Answers as people read them, on facts, check and case pages."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from egov.casework.models import Case
from egov.identity.models import Region
from egov.identity.rules import mask_number
from egov.intake.queries import form_for, posts, regions
from egov.intake.rules import Question
from egov.kernel.text import localise
from egov.registers.queries import register_names
from portals.shared.components import Source, SummaryRow
from portals.shared.templatetags.egov_ui import data_text, local_date, localised, money

Shown = str | SafeString


def shown(question: Question, value: Any, *, files: Sequence[str] = ()) -> Shown:
    """``value`` in words: choices by their labels, dates and money written out, identity numbers masked."""
    if question.is_file:
        return format_html_join(", ", '<span translate="no">{}</span>', ((name,) for name in files))
    if value is None or value == "" or value == []:
        return ""
    if question.is_group:
        return _rows(question, value)
    if question.widget == "checkboxes":
        return format_html_join("、" if _joins_wide() else ", ", "{}", ((_label(question, item),) for item in value))
    return _one(question, value)


def told(sentence: str, **values: Any) -> SafeString:
    """A translated sentence with values in it that may carry markup (the language of a text, a date)."""
    shown_values = {name: conditional_escape(value) for name, value in values.items()}
    return mark_safe(conditional_escape(sentence) % shown_values)  # noqa: S308 (each part is escaped)


def _joins_wide() -> bool:
    return _(", ") != ", "


def _one(question: Question, value: Any) -> Shown:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if question.choices:
        return _label(question, value)
    if question.widget == "region":
        return region_name(str(value)) or str(value)
    if question.widget == "post":
        return data_text(posts().get(str(value), str(value)))
    text = str(value)
    if question.format == "date":
        return _date(text)
    if question.format == "money":
        return _money(text)
    if question.format == "cn-resident-id":
        return mask_number(text)
    if question.unit:
        return format_html('<span class="num">{}</span> {}', text, localised(question.unit))
    return data_text(text)


def _date(text: str) -> Shown:
    try:
        return local_date(dt.date.fromisoformat(text))
    except ValueError:
        return text


def _money(text: str) -> Shown:
    try:
        return money(text)
    except ArithmeticError:
        return text


def _label(question: Question, value: Any) -> Shown:
    label = question.labels.get(str(value))
    return localised(label) if label else str(value)


def _rows(question: Question, rows: Any) -> Shown:
    if not isinstance(rows, list):
        return str(rows)
    return format_html_join(
        "",
        '<span class="entry">{}</span>',
        (
            (
                format_html_join(
                    _("; "),
                    "{}: {}",
                    (
                        (localised(child.title), shown(child, row.get(child.key)))
                        for child in question.children
                        if row.get(child.key) not in (None, "", [])
                    ),
                ),
            )
            for row in rows
            if isinstance(row, Mapping)
        ),
    )


def region_name(code: str) -> str:
    """“Jiangzhou, Linjiang District”: a district with its city; "" for an unknown code."""
    known = regions()
    region = known.get(code)
    if region is None:
        return ""
    parent = known.get(region.parent_id or "")
    if parent is None or region.level in ("province", "city", "country"):
        return localise(region.name)
    return _("%(district)s, %(city)s") % {"district": localise(region.name), "city": localise(parent.name)}


def region_choices() -> list[Region]:
    """Where people live and shops stand: districts, and cities that have none below them."""
    known = regions()
    parents = {region.parent_id for region in known.values()}
    return [
        region
        for region in known.values()
        if region.level == "district" or (region.level == "city" and region.code not in parents)
    ]


def source_of(source: Mapping[str, Any], register_name: Mapping[str, str] | str) -> Source:
    """The register and day of a prefilled answer."""
    as_of = source.get("as_of") or ""
    return Source(
        register=localise(register_name) if isinstance(register_name, Mapping) else register_name,
        as_of=dt.date.fromisoformat(as_of[:10]) if as_of else None,
    )


def summary_row(
    question: Question,
    value: Any,
    *,
    files: Sequence[str] = (),
    source: Source | None = None,
    note: str = "",
    change_url: str = "",
    action: str = "",
) -> SummaryRow:
    return SummaryRow(
        label=localised(question.title),
        value=shown(question, value, files=files),
        source=source,
        note=note,
        action=(action or _("Change")) if change_url else "",
        action_url=change_url,
    )


def sections_of(case: Case, files: Any) -> list[tuple[str, list[SummaryRow]]]:
    """What was submitted, page by page, as the version of that time asked it."""
    form = form_for(case.version)
    names = register_names()
    sections = []
    for page in form.pages:
        rows = [
            _answer_row(case, form.by_key[key], files, names)
            for key in page.fields
            if _was_answered(case, form.by_key[key], files)
        ]
        if rows:
            sections.append((localised(page.title), rows))
    return sections


def _was_answered(case: Case, question: Question, files: Any) -> bool:
    if question.is_file:
        return any(each.material == question.material for each in files)
    return question.key in case.answers


def _answer_row(case: Case, question: Question, files: Any, names: Mapping[str, Any]) -> SummaryRow:
    source = case.sources.get(question.key)
    corrected = bool(source and source.get("corrected"))
    return summary_row(
        question,
        case.answers.get(question.key),
        files=[each.name for each in files if each.material == question.material and each.name],
        source=source_of(source, names.get(source["register"], source["register"]))
        if source and not corrected
        else None,
        note=_("You corrected this against the register.") if corrected else "",
    )
