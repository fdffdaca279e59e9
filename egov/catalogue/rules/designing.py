"""Changing a form, a plan or letters piece by piece: each function gives the whole as it then stands. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

EMPTY_FORM: Mapping[str, Any] = {"type": "object", "properties": {}, "required": [], "x-pages": []}
FIRST_PAGE = {"key": "request", "title": {"zh-Hans": "申请", "en": "Your request"}, "fields": []}


def with_field(
    form: Mapping[str, Any] | None, *, key: str, field: Mapping[str, Any], page: str = "", required: bool = False
) -> dict[str, Any]:
    """The form with this question on that page: in its place where it stood there already, else at its end."""
    form = form or EMPTY_FORM
    pages = [dict(each) for each in form.get("x-pages", ())] or [dict(FIRST_PAGE)]
    target = next((each for each in pages if each["key"] == page), pages[-1])
    if key not in target["fields"]:
        for each in pages:
            each["fields"] = [name for name in each["fields"] if name != key]
        target["fields"] = [*target["fields"], key]
    others = [name for name in form.get("required", ()) if name != key]
    return {
        **form,
        "properties": {**form["properties"], key: dict(field)},
        "required": [*others, key] if required else others,
        "x-pages": pages,
    }


def without_field(form: Mapping[str, Any] | None, *, key: str) -> dict[str, Any]:
    form = form or EMPTY_FORM
    return {
        **form,
        "properties": {name: field for name, field in form["properties"].items() if name != key},
        "required": [name for name in form.get("required", ()) if name != key],
        "x-pages": [
            {**page, "fields": [name for name in page["fields"] if name != key]} for page in form.get("x-pages", ())
        ],
    }


def with_field_moved(form: Mapping[str, Any] | None, *, key: str, up: bool) -> dict[str, Any]:
    """One place up or down on its page; over its edge, onto the page before or after."""
    form = form or EMPTY_FORM
    pages = [dict(page, fields=list(page["fields"])) for page in form.get("x-pages", ())]
    at = next((number for number, page in enumerate(pages) if key in page["fields"]), None)
    if at is None:
        return dict(form)
    fields = pages[at]["fields"]
    place = fields.index(key)
    to = place + (-1 if up else 1)
    if 0 <= to < len(fields):
        fields[place], fields[to] = fields[to], fields[place]
    elif 0 <= (other := at + (-1 if up else 1)) < len(pages):
        fields.remove(key)
        pages[other]["fields"].insert(len(pages[other]["fields"]) if up else 0, key)
    return {**form, "x-pages": pages}


def with_pages(form: Mapping[str, Any] | None, pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The form on these pages (key and title); questions of a page that is gone come onto the last one."""
    form = form or EMPTY_FORM
    present = {page["key"]: page for page in form.get("x-pages", ())}
    kept = [{**present.get(page["key"], {"fields": []}), **page} for page in pages]
    placed = {name for page in kept for name in page["fields"]}
    loose = [name for name in form["properties"] if name not in placed]
    if kept and loose:
        kept[-1] = {**kept[-1], "fields": [*kept[-1]["fields"], *loose]}
    return {**form, "x-pages": kept}


def with_step(plan: Mapping[str, Any] | None, *, key: str, step: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with this step, in the place of ``step["key"]`` or at its end. ``key`` names a plan that is new."""
    plan = plan or {"key": key, "steps": []}
    steps = list(plan["steps"])
    if any(each["key"] == step["key"] for each in steps):
        steps = [dict(step) if each["key"] == step["key"] else each for each in steps]
    else:
        steps.append(dict(step))
    return {**plan, "steps": steps}


def steps_in_order(plan: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The steps as the work goes: each after those it waits for, else as they are listed. A circle stays as it is."""
    waiting = list((plan or {}).get("steps", ()))
    keys = {step.get("key") for step in waiting}
    found: list[Mapping[str, Any]] = []
    done: set[Any] = set()
    while waiting:
        ready = (step for step in waiting if done >= keys & set(step.get("after", ())))
        step = next(ready, waiting[0])
        waiting.remove(step)
        done.add(step.get("key"))
        found.append(step)
    return found


def without_step(plan: Mapping[str, Any] | None, *, key: str) -> dict[str, Any] | None:
    """The plan without a step; what came after it comes after what it came after."""
    if plan is None:
        return None
    gone = next((each for each in plan["steps"] if each["key"] == key), None)
    before = list(gone.get("after", ())) if gone else []
    steps = []
    for each in plan["steps"]:
        if each["key"] == key:
            continue
        after = [name for old in each.get("after", ()) for name in (before if old == key else [old])]
        outcomes = [
            dict(one, back_to=before[0] if before else each["key"]) if one.get("back_to") == key else one
            for one in each.get("outcomes", ())
        ]
        eyes = [name for name in each.get("four_eyes", ()) if name != key]
        changed = {"after": list(dict.fromkeys(after)), "four_eyes": eyes, "outcomes": outcomes}
        steps.append({**each, **{name: value for name, value in changed.items() if name in each}})
    return {**plan, "steps": steps}


def names_of_rows(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each row of a part is called in addresses: its key, the department asked, or the article cited."""
    found: list[str] = []
    for number, row in enumerate(rows):
        cited = "~".join(filter(None, (str(row.get("instrument", "")), str(row.get("article", "")))))
        name = str(row.get("key") or row.get("department_role") or cited)
        found.append(name if name and name not in found else f"{name}~{number}")
    return found


def with_row(rows: Sequence[Mapping[str, Any]], *, name: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows with this one in the place of the one called ``name``, or at the end."""
    names = names_of_rows(rows)
    if name in names:
        return [dict(row if each == name else old) for each, old in zip(names, rows, strict=True)]
    return [*map(dict, rows), dict(row)]


def without_row(rows: Sequence[Mapping[str, Any]], *, name: str) -> list[dict[str, Any]]:
    return [dict(row) for each, row in zip(names_of_rows(rows), rows, strict=True) if each != name]


def with_row_moved(rows: Sequence[Mapping[str, Any]], *, name: str, up: bool) -> list[dict[str, Any]]:
    """One place up or down; at the edge it stays."""
    found, names = [dict(row) for row in rows], names_of_rows(rows)
    if name in names:
        at = names.index(name)
        to = at + (-1 if up else 1)
        if 0 <= to < len(found):
            found[at], found[to] = found[to], found[at]
    return found


def with_material_asked(
    form: Mapping[str, Any] | None, *, material: Mapping[str, Any], question: str, page: str = ""
) -> dict[str, Any]:
    """The form with a question that takes in this material: one that stands in it, or a new one when there is none."""
    form = form or EMPTY_FORM
    required = material.get("required", "always")
    asked = {"type": "string", "x-widget": "file", "x-title": material["name"]}
    if required not in ("always", "never"):
        asked["x-required-when"] = required
    field = {**asked, **form["properties"].get(question, {}), "x-material": material["key"]}
    present = question in form["properties"]
    must = question in form.get("required", ()) if present else required == "always"
    pages = form.get("x-pages", ())
    here = next((each["key"] for each in pages if question in each["fields"]), page)
    return with_field(form, key=question, field=field, page=here, required=must)


def with_paragraph(letters: Sequence[Mapping[str, Any]], *, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The letters with this paragraph, in the place of the one with its key or at the end."""
    if any(each.get("key") == row["key"] for each in letters):
        return [dict(row if each.get("key") == row["key"] else each) for each in letters]
    return [*map(dict, letters), dict(row)]


def without_paragraph(letters: Sequence[Mapping[str, Any]], *, key: str) -> list[dict[str, Any]]:
    return [dict(each) for each in letters if each.get("key") != key]


def with_paragraph_moved(letters: Sequence[Mapping[str, Any]], *, key: str, up: bool) -> list[dict[str, Any]]:
    """One place up or down among the paragraphs of its letter; at the edge it stays."""
    rows = [dict(each) for each in letters]
    at = next((number for number, row in enumerate(rows) if row.get("key") == key), None)
    if at is None:
        return rows
    same = [number for number, row in enumerate(rows) if row.get("act") == rows[at].get("act")]
    place = same.index(at) + (-1 if up else 1)
    if 0 <= place < len(same):
        to = same[place]
        rows[at], rows[to] = rows[to], rows[at]
    return rows


def as_asked(schema: Mapping[str, Any], asked: Mapping[str, Any] | None) -> dict[str, Any]:
    """Type, limits and choices of a question that is bound to a data element: as other forms ask it (``asked``), else
    as the dictionary says; what a form says for itself (texts, conditions) is left out."""
    own = (
        "x-visible-when",
        "x-required-when",
        "x-material",
        "x-not-before",
        "x-not-after",
        "x-why",
        "x-basis",
        "x-prefill",
    )
    if asked is not None:
        return {name: value for name, value in asked.items() if name not in own}
    kind = {"type": "string"} if "enum" in schema and "type" not in schema else {}
    return {**kind, **schema}
