"""Editing the draft of an event: its texts, its services and their order, what decides, what it answers itself."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from egov.catalogue import actions, queries, rules
from egov.catalogue.models import EventVersion
from egov.intake import queries as intake
from egov.kernel.errors import InvalidInput, NotFound
from egov.registers import queries as registers
from portals.console import event_forms as forms
from portals.console.access import ConsoleRequest, administrators, event_version_of
from portals.console.given import AnswerForm, Answers, ElementForm
from portals.console.views.acting import crumbs, form_page, posted, posted_to, revision_read, url
from portals.shared.components import Crumb
from portals.shared.templatetags.egov_ui import localised_plain

OFFERED = 40  # services listed at first, and with each "show more"
PICKED_AT_MOST = 200  # of them in one address


@require_http_methods(["GET", "POST"])
@administrators
def texts(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    row = event_version_of(request, code, number)
    form = forms.EventForm(
        posted_to(request),
        actor=request.actor,
        initial=forms.EventForm.initial_of(row),
    )
    return _edit_page(request, row, form, lambda _content, _data: form.changes(), title=_("Texts and lead"))


@require_http_methods(["GET", "POST"])
@administrators
def asked_once(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    row = event_version_of(request, code, number)
    form = forms.AskedOnceForm(posted_to(request), initial=forms.AskedOnceForm.initial_of(row.definition))
    return _edit_page(
        request,
        row,
        form,
        lambda content, data: {
            "definition": {**content["definition"], "asked_once": data["once"], "rules": data["rules"]}
        },
        title=_("What people read about it"),
    )


# --- Services -------------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@administrators
def add_members(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    """Find services and take several at once, also of several searches; what they need of each other is joined at once.

    A search is sent with what is ticked, and leads to an address that holds both.
    """
    row = event_version_of(request, code, number)
    if request.method == "POST":
        chosen = list(dict.fromkeys(request.POST.getlist("service")))
        if "show" in request.POST:
            wanted = {"q": request.POST.get("q", ""), "show": request.POST["show"], "service": chosen}
            return redirect(f"{url(request, 'event_members', code, number)}?{urlencode(wanted, doseq=True)}")
        return posted(
            request,
            act=lambda: _add(request, row, chosen),
            done=lambda joined: _said(len(chosen), joined),
            back=url(request, "event_version", code, number),
        )
    members = [str(each["service"]) for each in row.definition.get("members", [])]
    picked = [code for code in request.GET.getlist("service")[:PICKED_AT_MOST] if code not in members]
    text = request.GET.get("q", "").strip()[:60]
    show = request.GET.get("show", "")
    most = max(int(show), OFFERED) if show.isdecimal() and len(show) <= 3 else OFFERED
    found = list(queries.services_to_add(text, without=[*members, *picked])[: most + 1])
    context = {
        "version": row,
        "text": text,
        "picked": queries.published_many(picked).values(),
        "found": found[:most],
        "first": OFFERED,
        "more": most + OFFERED if len(found) > most else 0,
        "back": url(request, "event_version", code, number),
        "crumbs": _above(request, row),
    }
    return render(request, "console/event_members.html", context)


def _add(request: ConsoleRequest, row: EventVersion, chosen: list[str]) -> int:
    """How many services were joined to others because they depend on them."""
    if not chosen:
        raise InvalidInput.at("", "empty", _("Choose at least one service."))
    new: list[dict[str, str]] = []

    def changes(content: Mapping[str, Any]) -> dict[str, Any]:
        definition = content["definition"]
        present = [str(each["service"]) for each in definition.get("members", [])]
        added = [code for code in chosen if code not in present]
        needs = {code: found.depends_on for code, found in queries.published_many([*present, *added]).items()}
        known = {(each["from"], each["to"]) for each in definition.get("edges", [])}
        edges = rules.edges_by_dependence([*present, *added], added, needs)
        new.extend(edge for edge in edges if (edge["from"], edge["to"]) not in known)
        return {
            "definition": {
                **definition,
                "members": [*definition.get("members", []), *({"service": code, "stage": 1} for code in added)],
                "edges": [*definition.get("edges", []), *new],
            }
        }

    actions.edit_event(request.actor, version_id=row.pk, changes=changes)
    return len({edge["to"] for edge in new})


def _said(added: int, joined: int) -> str:
    words = ngettext("%(n)d service added.", "%(n)d services added.", added) % {"n": added}
    if joined:
        words += " " + ngettext(
            "%(n)d of the services waits for others, as the catalogue says; change it where it is not so.",
            "%(n)d of the services wait for others, as the catalogue says; change it where it is not so.",
            joined,
        ) % {"n": joined}
    return words


@require_http_methods(["GET", "POST"])
@administrators
def member(request: ConsoleRequest, capacity: str, code: str, number: int, service: str) -> HttpResponse:
    row = event_version_of(request, code, number)
    codes = [str(each["service"]) for each in row.definition.get("members", ())]
    if service not in codes:
        raise NotFound()
    names = {each: localised_plain(found.name) for each, found in queries.published_many(codes).items()}
    form = forms.MemberForm(posted_to(request), row=row, service=service, names=names)
    return _edit_page(
        request,
        row,
        form,
        lambda content, _data: {"definition": form.definition(content["definition"])},
        title=f"{service} {names.get(service, '')}",
        remove=url(request, "event_member_remove", code, number, service),
        remove_word=_("Take it out of the event"),
    )


@require_POST
@administrators
def remove_member(request: ConsoleRequest, capacity: str, code: str, number: int, service: str) -> HttpResponse:
    row = event_version_of(request, code, number)

    def without(definition: Mapping[str, Any]) -> dict[str, Any]:
        kept = [each for each in definition.get("members", ()) if each["service"] != service]
        edges = [each for each in definition.get("edges", ()) if service not in (each["from"], each["to"])]
        return {**definition, "members": kept, "edges": edges}

    return _change(request, row, without, _("The service is out."))


# --- Questions ------------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@administrators
def question(request: ConsoleRequest, capacity: str, code: str, number: int, key: str = "") -> HttpResponse:
    """Change a question, or without a key write a new one."""
    row = event_version_of(request, code, number)
    questions = row.definition.get("questions", [])
    if key and all(each["key"] != key for each in questions):
        raise NotFound()
    form = forms.QuestionForm(posted_to(request), row=row, key=key)
    more = (
        {"remove": url(request, "event_question_remove", code, number, key), "remove_word": _("Ask it no more")}
        if key
        else {}
    )
    return _edit_page(
        request,
        row,
        form,
        lambda content, _data: {"definition": forms.with_question(content["definition"], form.question())},
        title=key or _("A question that decides"),
        suggestions=[(each.key, localised_plain(each.name)) for each in registers.elements()],
        **more,
    )


@require_POST
@administrators
def remove_question(request: ConsoleRequest, capacity: str, code: str, number: int, key: str) -> HttpResponse:
    row = event_version_of(request, code, number)

    def without(definition: Mapping[str, Any]) -> dict[str, Any]:
        return {**definition, "questions": [each for each in definition.get("questions", ()) if each["key"] != key]}

    return _change(request, row, without, _("The question is out."))


# --- Answered by the event itself -------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@administrators
def give(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    """Which data element the event answers; how depends on its type, on the page that follows."""
    row = event_version_of(request, code, number)
    ahead = intake.form_ahead(row.definition)
    form = ElementForm(posted_to(request), ahead=ahead)
    if request.method == "POST" and form.is_valid():
        return redirect(url(request, "event_given", code, number, form.cleaned_data["element"]))
    given = row.definition.get("given", {})
    context = {
        "form": form,
        "title": _("Answered by the event itself"),
        "subject": row.name,
        "lead": _("What is so for everybody in this situation is filled in for them; they may still change it."),
        "submit": _("Go on to the answer"),
        "wide": True,
        "suggestions": [
            (element, localised_plain(asked.question.title))
            for element, asked in (ahead.answerable if ahead else {}).items()
            if element not in given
        ],
        "back": url(request, "event_version", code, number),
        "crumbs": _above(request, row),
    }
    return render(request, "console/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@administrators
def given(request: ConsoleRequest, capacity: str, code: str, number: int, element: str) -> HttpResponse:
    """What the event answers to one data element."""
    row = event_version_of(request, code, number)
    present = row.definition.get("given", {})
    answers = Answers(intake.form_ahead(row.definition), [element])
    question = answers.question(element)
    if question is None or not (element in present or answers.is_asked(element)):
        raise NotFound()
    more = (
        {"remove": url(request, "event_given_remove", code, number, element), "remove_word": _("Answer it no more")}
        if element in present
        else {}
    )
    return _edit_page(
        request,
        row,
        AnswerForm(posted_to(request), question=question, present=present.get(element)),
        lambda content, data: {"definition": _with_given(content["definition"], element, data["value"])},
        title=localised_plain(answers.name(element)),
        lead=_("Filled in for everybody who files this event; they may still change it."),
        **more,
    )


def _with_given(definition: Mapping[str, Any], element: str, value: Any) -> dict[str, Any]:
    return {**definition, "given": {**definition.get("given", {}), element: value}}


@require_POST
@administrators
def remove_given(request: ConsoleRequest, capacity: str, code: str, number: int, element: str) -> HttpResponse:
    row = event_version_of(request, code, number)

    def without(definition: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **definition,
            "given": {key: each for key, each in definition.get("given", {}).items() if key != element},
        }

    return _change(request, row, without, _("The applicants answer it themselves again."))


# --- Saving ---------------------------------------------------------------------------------------------
# Where the last step of a fault's path stands in the forms; the others are said above the form.
_FIELDS = {
    "when": "written",
    "note": "note_zh",
    "text": "text_zh",
    "name": "name_zh",
    "summary": "summary_zh",
    "given": "value",
}


def _edit_page(
    request: ConsoleRequest,
    row: EventVersion,
    form: Any,
    changes: Callable[[Mapping[str, Any], dict[str, Any]], Mapping[str, Any]],
    **context: Any,
) -> HttpResponse:
    return form_page(
        request,
        form=form,
        act=lambda data: actions.edit_event(
            request.actor,
            version_id=row.pk,
            changes=lambda content: changes(content, data),
            revision=revision_read(request),
        ),
        revision=row.revision,
        places=_FIELDS,
        context={"subject": row.name, "submit": _("Keep"), "wide": True, "crumbs": _above(request, row), **context},
        done=_("Kept."),
        back=url(request, "event_version", row.code, row.number),
    )


def _change(
    request: ConsoleRequest, row: EventVersion, change: Callable[[Mapping[str, Any]], Mapping[str, Any]], done: str
) -> HttpResponse:
    """For an act by intention: it is done to what stands under the lock, whoever wrote it meanwhile."""
    return posted(
        request,
        act=lambda: actions.edit_event(
            request.actor,
            version_id=row.pk,
            changes=lambda content: {"definition": change(content["definition"])},
        ),
        done=done,
        back=url(request, "event_version", row.code, row.number),
    )


def _above(request: ConsoleRequest, row: EventVersion) -> list[Crumb]:
    return crumbs(
        request,
        (_("Events"), url(request, "events")),
        (row.code, url(request, "event", row.code)),
        (_("version %(number)d") % {"number": row.number}, url(request, "event_version", row.code, row.number)),
    )
