"""The service designer: form, review plan and letters of a version in work, piece by piece, each seen as it will be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.casework import queries as casework
from egov.catalogue import actions, queries, rules
from egov.catalogue.models import ServiceVersion
from egov.identity.models import Unit
from egov.intake import queries as intake
from egov.intake.rules import FormDefinitionError, compile_form
from egov.kernel.errors import NotFound
from egov.kernel.text import localise
from egov.registers import queries as registers
from portals.applicant import fields
from portals.console import design_forms as forms
from portals.console import readable
from portals.console.access import ConsoleRequest, administrators, service_of
from portals.console.views.acting import crumbs, form_page, posted, posted_to, revision_read, url
from portals.console.wording import STEP_KINDS, place_name
from portals.shared.components import Crumb
from portals.shared.conditions import Subject, in_words, subjects_of_form

EDITABLE = ("draft", "reviewed")
# Where the last step of a fault's path stands in the forms; the others are said above the form.
_FIELDS = {
    "x-title": "title_zh",
    "x-hint": "hint_zh",
    "x-labels": "choices",
    "enum": "choices",
    "x-element": "element",
    "x-visible-when": "written",
    "x-required-when": "written",
    "when": "written",
    "limit": "limit_n",
    "zh-Hans": "text_zh",
    "en": "text_en",
}


def version_of(request: ConsoleRequest, code: str, number: int) -> ServiceVersion:
    """A version of a service that the actor may configure. Raises ``NotFound``, ``NotPermitted``."""
    service_of(request, code)
    return queries.version_numbered(code, number)


# --- The form -------------------------------------------------------------------------------------------
@require_GET
@administrators
def form(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    """The questions by page, and beside them the pages as the applicant will see them."""
    row = version_of(request, code, number)
    shown = row.form or rules.EMPTY_FORM
    subjects = subjects_of_form(shown["properties"])
    preview = _preview(row)
    context = {
        "version": row,
        "edits": row.state in EDITABLE,
        "pages": [
            (
                page["title"],
                [_question(request, row, key, subjects) for key in page["fields"] if key in shown["properties"]],
            )
            for page in shown.get("x-pages", ())
        ],
        "moves": [("up", "↑", _("Up")), ("down", "↓", _("Down")), ("remove", "✕", _("Take out"))],
        "preview": [] if isinstance(preview, str) else preview,
        "preview_fault": preview if isinstance(preview, str) else "",
        "crumbs": above(request, row),
    }
    return render(request, "console/design_form.html", context)


@dataclass(frozen=True)
class Condition:
    """As it is written, and in words where it is made of answers."""

    written: str
    words: str


def _condition(expression: str, subjects: Sequence[Subject]) -> Condition | None:
    return Condition(expression, in_words(expression, subjects)) if expression else None


def _question(request: ConsoleRequest, row: ServiceVersion, key: str, subjects: Sequence[Subject]) -> dict[str, Any]:
    field = row.form["properties"][key]  # type: ignore[index]
    return {
        "key": key,
        "title": field.get("x-title", {}),
        "element": field.get("x-element", ""),
        "required": key in row.form.get("required", ()),  # type: ignore[union-attr]
        "visible_when": _condition(field.get("x-visible-when", ""), subjects),
        "required_when": _condition(field.get("x-required-when", ""), subjects),
        "url": url(request, "design_question", row.service.code, row.number, key),
    }


def _preview(row: ServiceVersion) -> list[tuple[Any, list[Any]]] | str:
    """Each page with its fields as applicants see them, those under a condition too; or why it cannot be drawn."""
    if not row.form or not row.form.get("properties"):
        return []
    try:
        compiled = compile_form(row.form, row.materials)
    except FormDefinitionError as error:
        return str(error)
    checked = replace(intake.check_answers(compiled, {}), visible=frozenset(compiled.by_key))
    filled = fields.Filled(compiled, {}, checked)
    return [(page.title, list(fields.asked_on(filled, page.fields).fields)) for page in compiled.pages]


@require_http_methods(["GET", "POST"])
@administrators
def question(request: ConsoleRequest, capacity: str, code: str, number: int, key: str = "") -> HttpResponse:
    row = version_of(request, code, number)
    if key and key not in (row.form or rules.EMPTY_FORM)["properties"]:
        raise NotFound()
    element = request.GET.get("element", "")[:80]
    filled = forms.FormQuestion(posted_to(request), version=row, key=key, element=element)

    def changes(content: Mapping[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        changed = rules.with_field(
            content["form"],
            key=data["key"],
            field=filled.field(),
            page=data["page"],
            required=filled.is_required(),
        )
        return {"form": changed}

    return _design_page(
        request,
        row,
        filled,
        changes,
        back="design_form",
        title=localise(row.form["properties"][key].get("x-title")) or key if key else _("A question of the form"),  # type: ignore[index]
        suggestions=[(each.key, localise(each.name)) for each in registers.elements()],
    )


@require_POST
@administrators
def question_act(request: ConsoleRequest, capacity: str, code: str, number: int, key: str, act: str) -> HttpResponse:
    """Up, down, or out of the form."""
    row = version_of(request, code, number)
    if row.form is None or key not in row.form["properties"] or act not in ("up", "down", "remove"):
        raise NotFound()

    def changes(content: Mapping[str, Any]) -> dict[str, Any]:
        if act == "remove":
            return {"form": rules.without_field(content["form"], key=key)}
        return {"form": rules.with_field_moved(content["form"], key=key, up=act == "up")}

    return change(request, row, changes, back=url(request, "design_form", code, number))


@require_http_methods(["GET", "POST"])
@administrators
def pages(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    row = version_of(request, code, number)
    return _design_page(
        request,
        row,
        forms.PagesForm(posted_to(request), initial=forms.PagesForm.initial_of(row.form)),
        lambda content, data: {"form": rules.with_pages(content["form"], data["pages"])},
        back="design_form",
        title=_("Pages of the form"),
    )


# --- The review plan ------------------------------------------------------------------------------------
@require_GET
@administrators
def plan(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    row = version_of(request, code, number)
    steps = rules.steps_in_order(row.plan)
    subjects = subjects_of_form((row.form or rules.EMPTY_FORM)["properties"])
    names = {step["key"]: localise(step.get("title", {})) or step["key"] for step in steps}
    kinds, roles = dict(STEP_KINDS), readable.role_names()
    context = {
        "version": row,
        "edits": row.state in EDITABLE,
        "steps": [
            {
                "key": step["key"],
                "title": names[step["key"]],
                "kind": kinds.get(step["kind"], step["kind"]),
                "role": roles.get(step.get("role", ""), step.get("role", "")),
                "persons": step.get("persons", 1),
                "place": place_name(step.get("unit", "handling")) if step.get("unit", "handling") != "handling" else "",
                "limit": step.get("limit") or {},
                "after": [names.get(key, key) for key in step.get("after", ())],
                "four_eyes": [names.get(key, key) for key in step.get("four_eyes", ())],
                "when": _condition(step.get("when", ""), subjects),
                "outcomes": [
                    (localise(each.get("title", {})) or each["key"], names.get(each.get("back_to", ""), ""))
                    for each in step.get("outcomes", ())
                ],
            }
            for step in steps
        ],
        "crumbs": above(request, row),
    }
    return render(request, "console/design_plan.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def step(request: ConsoleRequest, capacity: str, code: str, number: int, key: str = "") -> HttpResponse:
    row = version_of(request, code, number)
    titles = {each["key"]: localise(each.get("title", {})) for each in (row.plan or {}).get("steps", ())}
    if key and key not in titles:
        raise NotFound()
    filled = forms.StepForm(posted_to(request), version=row, key=key)
    more: Mapping[str, Any] = {}
    if key:
        more = {
            "remove": url(request, "design_step_remove", code, number, key),
            "remove_word": _("Take the step out"),
        }
    return _design_page(
        request,
        row,
        filled,
        lambda content, _data: {
            "plan": rules.with_step(content["plan"], key=f"{code.lower()}.review", step=filled.step())
        },
        back="design_plan",
        title=titles[key] or key if key else _("A step of the review plan"),
        suggestions=_units(),
        **more,
    )


def _units() -> list[tuple[str, str]]:
    """Open units, each with its department."""
    rows = Unit.objects.filter(closed_on__isnull=True).select_related("department").order_by("key")
    return [(row.key, f"{localise(row.department.full_name)} · {localise(row.name)}") for row in rows]


@require_POST
@administrators
def remove_step(request: ConsoleRequest, capacity: str, code: str, number: int, key: str) -> HttpResponse:
    row = version_of(request, code, number)
    if row.plan is None or all(each["key"] != key for each in row.plan["steps"]):
        raise NotFound()
    return change(
        request,
        row,
        lambda content: {"plan": rules.without_step(content["plan"], key=key)},
        back=url(request, "design_plan", code, number),
    )


# --- The letters ----------------------------------------------------------------------------------------
LANGUAGES = {"zh-Hans": gettext_lazy("Chinese"), "en": gettext_lazy("English")}


@require_GET
@administrators
def letters(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    """Each letter as the law words it, and under it what the department adds."""
    row = version_of(request, code, number)
    issued = casework.letters_of(row)
    faults = _faults_of_letters(row)
    own = [_paragraph(request, row, each, faults) for each in _paragraphs(row.letters)]
    acts, keys = {each.act for each in issued}, {each["key"] for each in own}
    context = {
        "version": row,
        "edits": row.state in EDITABLE,
        "letters": [(each, _movable([shown for shown in own if shown["act"] == each.act])) for each in issued],
        "astray": [shown for shown in own if shown["act"] not in acts],
        "faults": [message for key, messages in faults.items() if key not in keys for message in messages],
        "languages": list(LANGUAGES.items()),
        "crumbs": above(request, row),
    }
    return render(request, "console/design_letters.html", context)


def _paragraphs(letters: Any) -> list[Mapping[str, Any]]:
    """The paragraphs that are any: what was written as YAML may be something else until it is reviewed."""
    rows = letters if isinstance(letters, list) else []
    return [each for each in rows if isinstance(each, Mapping)]


def _faults_of_letters(row: ServiceVersion) -> dict[str, list[str]]:
    """What keeps the version from being reviewed, by the key of the paragraph."""
    found: dict[str, list[str]] = {}
    for fault in rules.check_definition(queries.content_of(row), queries.known()):
        part, _slash, place = fault.path.partition("/")
        if part == "letters":
            found.setdefault(place.partition("/")[0], []).append(str(fault.message))
    return found


def _paragraph(
    request: ConsoleRequest, row: ServiceVersion, paragraph: Mapping[str, Any], faults: Mapping[str, list[str]]
) -> dict[str, Any]:
    key, text = str(paragraph.get("key", "")), paragraph.get("text")
    return {
        "key": key,
        "act": paragraph.get("act", ""),
        "texts": [(tag, str(text.get(tag, ""))) for tag in LANGUAGES] if isinstance(text, Mapping) else [],
        "when": _condition(
            str(paragraph.get("when", "")), subjects_of_form((row.form or rules.EMPTY_FORM)["properties"])
        ),
        "faults": faults.get(key, []),
        "moves": [("remove", "✕", _("Take out"))],
        "url": url(request, "design_paragraph", row.service.code, row.number, key) if key else "",
    }


def _movable(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The paragraphs of one letter, each with the moves that change something."""
    for place, each in enumerate(shown):
        up = [("up", "↑", _("Up"))] if place else []
        down = [("down", "↓", _("Down"))] if place + 1 < len(shown) else []
        each["moves"] = [*up, *down, *each["moves"]]
    return shown


@require_http_methods(["GET", "POST"])
@administrators
def paragraph(request: ConsoleRequest, capacity: str, code: str, number: int, key: str = "") -> HttpResponse:
    row = version_of(request, code, number)
    rows = _paragraphs(row.letters)
    present: Mapping[str, Any] = next((each for each in rows if each.get("key") == key), {})
    if key and not present:
        raise NotFound()
    issued = [(each.act, localise(each.title)) for each in casework.letters_of(row)]
    filled = forms.ParagraphForm(
        posted_to(request),
        version=row,
        issued=issued,
        present=present or {"act": request.GET.get("act", "")[:40]},
        taken=[each.get("key") for each in rows],
    )
    asked = [(name, field) for name, field in rules.in_order(row.form) if rules.may_stand(field)]
    return _design_page(
        request,
        row,
        filled,
        lambda content, _data: {"letters": rules.with_paragraph(_paragraphs(content["letters"]), row=filled.row())},
        back="design_letters",
        template="console/design_paragraph.html",
        title=_("A paragraph of a letter"),
        placeholders=[
            *rules.PLACEHOLDERS.items(),
            *((rules.ANSWERS + name, field.get("x-title", {})) for name, field in asked),
        ],
    )


@require_POST
@administrators
def paragraph_act(request: ConsoleRequest, capacity: str, code: str, number: int, key: str, act: str) -> HttpResponse:
    """Up, down, or out of the letter."""
    row = version_of(request, code, number)
    rows = _paragraphs(row.letters)
    if all(each.get("key") != key for each in rows) or act not in ("up", "down", "remove"):
        raise NotFound()

    def changes(content: Mapping[str, Any]) -> dict[str, Any]:
        present = _paragraphs(content["letters"])
        if act == "remove":
            return {"letters": rules.without_paragraph(present, key=key)}
        return {"letters": rules.with_paragraph_moved(present, key=key, up=act == "up")}

    return change(request, row, changes, back=url(request, "design_letters", code, number))


@require_GET
@administrators
def sample(request: ConsoleRequest, capacity: str, code: str, number: int, act: str, language: str) -> HttpResponse:
    """The letter as an applicant would get it, typeset and marked as a sample; nothing is kept."""
    row = version_of(request, code, number)
    if language not in LANGUAGES:
        raise NotFound()
    department = request.actor.own_department_id
    pdf = casework.sample_letter(row, act=act, language=language, department_id=department)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-v{number}-{act}-{language}-sample.pdf"'
    return response


# --- Saving ---------------------------------------------------------------------------------------------
def _design_page(
    request: ConsoleRequest,
    row: ServiceVersion,
    form: Any,
    changes: Callable[[Mapping[str, Any], dict[str, Any]], Mapping[str, Any]],
    *,
    back: str,
    template: str = "console/form.html",
    **context: Any,
) -> HttpResponse:
    return form_page(
        request,
        form=form,
        template=template,
        act=lambda data: actions.design_version(
            request.actor,
            version_id=row.pk,
            changes=lambda content: changes(content, data),
            revision=revision_read(request),
        ),
        revision=row.revision,
        places=_FIELDS,
        context={"subject": row.name, "submit": _("Keep"), "wide": True, "crumbs": above(request, row), **context},
        done=_("Kept."),
        back=url(request, back, row.service.code, row.number),
    )


def change(
    request: ConsoleRequest,
    row: ServiceVersion,
    changes: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    *,
    back: str,
) -> HttpResponse:
    """For an act by intention: it is done to what stands under the lock, whoever wrote it meanwhile."""
    return posted(
        request,
        act=lambda: actions.design_version(request.actor, version_id=row.pk, changes=changes),
        done=_("Kept."),
        back=back,
    )


def above(request: ConsoleRequest, row: ServiceVersion, *more: tuple[Any, str]) -> list[Crumb]:
    """The way to a page of a version, through ``more`` pages between."""
    code = row.service.code
    return crumbs(
        request,
        (_("Services"), url(request, "services")),
        (code, url(request, "service", code)),
        (_("version %(number)d") % {"number": row.number}, url(request, "version", code, row.number)),
        *more,
    )
