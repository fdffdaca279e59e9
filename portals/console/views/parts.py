"""The parts of a version that are lists (materials, results, fees, opinions, law), its texts, and the hub of them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.catalogue import actions, queries, rules
from egov.catalogue.models import ServiceVersion
from egov.kernel.errors import NotFound
from egov.kernel.text import localise
from egov.law import queries as law
from egov.registers import queries as registers
from portals.console import part_forms as forms
from portals.console import readable
from portals.console.access import ConsoleRequest, administrators
from portals.console.version_form import TextsForm
from portals.console.views.acting import form_page, posted_to, revision_read, url
from portals.console.views.designing import EDITABLE, above, change, version_of
from portals.console.wording import MATERIAL_FORMS, NEEDED, OUTPUTS, SOURCES, Words
from portals.shared.conditions import in_words, subjects_of_form
from portals.shared.templatetags.egov_ui import limit

Text = str | Promise


# --- What stands in each list -----------------------------------------------------------------------------
def _material(row: Mapping[str, Any], version: ServiceVersion) -> tuple[str, list[str]]:
    needed = row.get("required", "always")
    when = (
        str(NEEDED[needed])
        if needed in NEEDED
        else _("only when: %(condition)s") % {"condition": _said(needed, version)}
    )
    form = str(MATERIAL_FORMS.get(row.get("form", "either"), ""))
    size = _(", at most %(n)s MB") % {"n": row["max_mb"]} if row.get("max_mb") else ""
    return localise(row.get("name", {})), [str(SOURCES.get(row.get("source", ""), "")), when, form + size]


def _output(row: Mapping[str, Any], version: ServiceVersion) -> tuple[str, list[str]]:
    years = row.get("valid_years")
    valid = limit(years, "y") if years else _("without an end")
    when = _said(row["when"], version) if row.get("when") else _("in every case")
    return localise(row.get("name", {})), [str(OUTPUTS.get(row.get("type", ""), "")), valid, when]


def _fee_item(row: Mapping[str, Any], version: ServiceVersion) -> tuple[str, list[str]]:
    when = _said(row["when"], version) if row.get("when") else _("in every case")
    return localise(row.get("name", {})), [f"¥{row.get('amount', '')}", when]


def _opinion(row: Mapping[str, Any], _version: ServiceVersion) -> tuple[str, list[str]]:
    return readable.function_name(str(row.get("department_role", ""))), [localise(row.get("purpose", {}))]


def _article(row: Mapping[str, Any], _version: ServiceVersion) -> tuple[str, list[str]]:
    if row.get("instrument"):
        return localise(law.citation_text(row["instrument"], str(row.get("article", "")))), []
    return localise(row.get("title", {})), []


def _said(expression: str, version: ServiceVersion) -> str:
    return in_words(expression, subjects_of_form((version.form or rules.EMPTY_FORM)["properties"])) or expression


@dataclass(frozen=True)
class Listed:
    """A part that is a list. ``describe``: title of a row and what stands beside it, under ``columns``."""

    title: Text
    lead: Text
    add: Text
    nothing: Text
    columns: Sequence[Text]
    form: type[forms.RowForm]
    describe: Callable[[Mapping[str, Any], ServiceVersion], tuple[str, list[str]]]
    places: Mapping[str, str]


LISTS: dict[str, Listed] = {
    "materials": Listed(
        gettext_lazy("Materials"),
        gettext_lazy("What has to be there for the decision, and who supplies it."),
        gettext_lazy("Add a material"),
        gettext_lazy("This service needs no document."),
        [gettext_lazy("Who supplies it"), gettext_lazy("When it is needed"), gettext_lazy("In which form")],
        forms.MaterialForm,
        _material,
        {"name": "name_zh", "issuer": "issuer_zh", "required": "needed", "x-required-when": "needed"},
    ),
    "fee": Listed(
        gettext_lazy("Fee"),
        gettext_lazy("A fee needs a law or an administrative regulation."),
        gettext_lazy("Add an item"),
        gettext_lazy("No item."),
        [gettext_lazy("Amount"), gettext_lazy("Only when")],
        forms.FeeItemForm,
        _fee_item,
        {"name": "name_zh", "basis": "basis_zh", "when": "written"},
    ),
    "outputs": Listed(
        gettext_lazy("Results"),
        gettext_lazy("What a favourable decision gives, how long it holds, and which data it brings into being."),
        gettext_lazy("Add a result"),
        gettext_lazy("This service gives nothing but its decision."),
        [gettext_lazy("What it is"), gettext_lazy("Valid"), gettext_lazy("Only when")],
        forms.OutputForm,
        _output,
        {"name": "name_zh", "when": "written"},
    ),
    "opinions": Listed(
        gettext_lazy("Opinions of other departments"),
        gettext_lazy("Whom the officer may ask, and what about. They answer in writing."),
        gettext_lazy("Add a department"),
        gettext_lazy("No other department is asked."),
        [gettext_lazy("What about")],
        forms.OpinionForm,
        _opinion,
        {"purpose": "purpose_zh"},
    ),
    "legal_basis": Listed(
        gettext_lazy("Legal basis"),
        gettext_lazy("The law that the service rests on; letters and the page of the service cite it."),
        gettext_lazy("Add an article"),
        gettext_lazy("No law is cited yet."),
        [],
        forms.BasisForm,
        _article,
        {},
    ),
}


def _rows(content: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    rows = (content["fee"] or {}).get("items", []) if part == "fee" else content[part]
    return [row for row in rows if isinstance(row, Mapping)]


def _with_rows(content: Mapping[str, Any], part: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"fee": {**content["fee"], "items": rows}} if part == "fee" else {part: rows}


def _listed(part: str) -> Listed:
    if part not in LISTS:
        raise NotFound()
    return LISTS[part]


@require_GET
@administrators
def rows(request: ConsoleRequest, capacity: str, code: str, number: int, part: str) -> HttpResponse:
    """A part as a table, each row with its way to be changed."""
    row, listed = version_of(request, code, number), _listed(part)
    content = queries.content_of(row)
    found = _rows(content, part)
    faults = faults_by_part(row)
    lines = []
    for place, (name, each) in enumerate(zip(rules.names_of_rows(found), found, strict=True)):
        title, cells = listed.describe(each, row)
        wrong = [str(fault) for fault in _faults_of(faults.get(part, []), place, each)]
        lines.append((name, title, list(zip(listed.columns, cells, strict=False)), wrong))
    context = {
        "version": row,
        "part": part,
        "listed": listed,
        "edits": row.state in EDITABLE,
        "lines": lines,
        "fee": Words(content, {}).of({k: v for k, v in row.fee.items() if k != "items"}, "fee")
        if part == "fee"
        else "",
        "has_items": part != "fee" or "items" in (row.fee or {}),
        "moves": [("up", "↑", _("Up")), ("down", "↓", _("Down")), ("remove", "✕", _("Take out"))],
        "crumbs": above(request, row),
    }
    return render(request, "console/design_rows.html", context)


def _faults_of(faults: Sequence[Any], place: int, row: Mapping[str, Any]) -> list[Any]:
    here = {str(place), str(row.get("key", ""))}
    return [each.message for each in faults if here & set(each.path.split("/")[1:3])]


@require_http_methods(["GET", "POST"])
@administrators
def row(request: ConsoleRequest, capacity: str, code: str, number: int, part: str, name: str = "") -> HttpResponse:
    version, listed = version_of(request, code, number), _listed(part)
    found = _rows(queries.content_of(version), part)
    present = dict(zip(rules.names_of_rows(found), found, strict=True)).get(name, {})
    if name and not present:
        raise NotFound()
    filled = listed.form(posted_to(request), version=version, present=present, rows=found)
    suggestions = [(each.key, localise(each.name)) for each in registers.elements()] if part == "outputs" else []
    return form_page(
        request,
        form=filled,
        act=lambda _data: actions.design_version(
            request.actor,
            version_id=version.pk,
            changes=lambda content: filled.changes(content, part=part, name=name),
            revision=revision_read(request),
        ),
        revision=version.revision,
        places=listed.places,
        context={
            "title": listed.describe(present, version)[0] if present else listed.add,
            "subject": version.name,
            "submit": _("Keep"),
            "wide": True,
            "suggestions": suggestions,
            "crumbs": above(request, version, (listed.title, url(request, "design_rows", code, number, part))),
        },
        done=_("Kept."),
        back=url(request, "design_rows", code, number, part),
    )


@require_POST
@administrators
def row_act(
    request: ConsoleRequest, capacity: str, code: str, number: int, part: str, name: str, act: str
) -> HttpResponse:
    """Up, down, or out."""
    version = version_of(request, code, number)
    _listed(part)
    known = rules.names_of_rows(_rows(queries.content_of(version), part))
    if name not in known or act not in ("up", "down", "remove"):
        raise NotFound()

    def changes(content: Mapping[str, Any]) -> dict[str, Any]:
        present = _rows(content, part)
        if act == "remove":
            return _with_rows(content, part, rules.without_row(present, name=name))
        return _with_rows(content, part, rules.with_row_moved(present, name=name, up=act == "up"))

    return change(request, version, changes, back=url(request, "design_rows", code, number, part))


@require_http_methods(["GET", "POST"])
@administrators
def fee(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    version = version_of(request, code, number)
    form = forms.FeeForm(posted_to(request), initial=forms.FeeForm.initial_of(version.fee or {}))
    return form_page(
        request,
        form=form,
        act=lambda _data: actions.design_version(
            request.actor,
            version_id=version.pk,
            changes=lambda content: {"fee": form.fee(content["fee"] or {})},
            revision=revision_read(request),
        ),
        revision=version.revision,
        places={"basis": "basis_zh"},
        context={
            "title": _("What it costs"),
            "subject": version.name,
            "submit": _("Keep"),
            "wide": True,
            "crumbs": above(request, version, (_("Fee"), url(request, "design_rows", code, number, "fee"))),
        },
        done=_("Kept."),
        back=url(request, "design_rows", code, number, "fee"),
    )


@require_http_methods(["GET", "POST"])
@administrators
def texts(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    version = version_of(request, code, number)
    form = TextsForm(posted_to(request), initial=TextsForm.initial_of(version))
    return form_page(
        request,
        form=form,
        act=lambda _data: actions.design_version(
            request.actor,
            version_id=version.pk,
            changes=form.changes(),
            revision=revision_read(request),
        ),
        revision=version.revision,
        places={
            "name": "name_zh",
            "summary": "summary_zh",
            "conditions": "conditions_zh",
            "zh-Hans": "needs_zh",
            "en": "needs_en",
        },
        context={
            "title": _("Texts and time"),
            "subject": version.name,
            "submit": _("Keep"),
            "wide": True,
            "crumbs": above(request, version),
        },
        done=_("Kept."),
        back=url(request, "version", code, number),
    )


# --- The hub ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """A part of a version as its page names it: what stands there, what is wrong there, where it is changed."""

    title: Text
    state: str
    faults: Sequence[str]
    url: str


# Where the first step of a fault's path is mended; all else is a text or a time.
_PLACE = {
    **{name: name for name in ("form", "plan", "letters", *LISTS)},
    "online_depth": "form",
    "effects": "expert",
    "special_procedures": "expert",
    "auto_decision": "expert",
    "auto_advice": "expert",
}


def faults_by_part(version: ServiceVersion) -> dict[str, list[Any]]:
    """Every reason why a version may not be reviewed yet, by the part where it is mended."""
    found: dict[str, list[Any]] = {}
    for fault in rules.check_definition(queries.content_of(version), queries.known()):
        found.setdefault(_PLACE.get(fault.path.partition("/")[0], "texts"), []).append(fault)
    return found


def parts_of(request: ConsoleRequest, version: ServiceVersion) -> list[Part]:
    """All parts in the order in which one thinks of them; the expert's view comes last."""
    code, number, edits = version.service.code, version.number, version.state in EDITABLE
    faults = faults_by_part(version) if edits else {}
    questions = (version.form or {}).get("properties", {})
    pages = (version.form or {}).get("x-pages", ())
    steps = (version.plan or {}).get("steps", ())
    n_pages = ngettext("%(n)d page", "%(n)d pages", len(pages)) % {"n": len(pages)}
    asked = ngettext("%(n)d question", "%(n)d questions", len(questions)) % {"n": len(questions)}

    def part(key: str, title: Text, state: str, page: str, *args: Any) -> Part:
        return Part(
            title, state, [str(each.message) for each in faults.get(key, [])], url(request, page, code, number, *args)
        )

    def listed(key: str, state: str) -> Part:
        return part(key, LISTS[key].title, state, "design_rows", key)

    def count(key: str) -> str:
        n = len(getattr(version, key))
        return ngettext("%(n)d entry", "%(n)d entries", n) % {"n": n} if n else _("none")

    promised = limit(version.promised_limit, version.promised_unit)
    return [
        *([part("texts", _("Texts and time"), promised, "design_texts")] if edits else []),
        part("form", _("Form"), f"{asked} · {n_pages}" if questions else _("asks nothing yet"), "design_form"),
        listed("materials", count("materials")),
        listed("fee", _cost(version.fee or {})),
        part("plan", _("Review plan"), _steps(len(steps)), "design_plan"),
        listed("opinions", count("opinions")),
        listed("outputs", count("outputs")),
        part("letters", _("Letters"), _paragraphs(len(version.letters)), "design_letters"),
        listed("legal_basis", count("legal_basis")),
        *([part("expert", _("Expert view (YAML)"), _("all parts as they are kept"), "version_edit")] if edits else []),
    ]


def _cost(fee: Mapping[str, Any]) -> str:
    if "items" in fee:
        n = len(fee["items"])
        return ngettext("%(n)d item", "%(n)d items", n) % {"n": n}
    return f"¥{fee['amount']}" if Decimal(str(fee.get("amount") or 0)) else _("costs nothing")


def _steps(n: int) -> str:
    return ngettext("%(n)d step", "%(n)d steps", n) % {"n": n} if n else _("no step yet")


def _paragraphs(n: int) -> str:
    return (
        ngettext("%(n)d paragraph of its own", "%(n)d paragraphs of its own", n) % {"n": n}
        if n
        else _("as the law words them")
    )
