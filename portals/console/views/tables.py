"""Decision tables of the law: rows and tests edited in a draft, the tests run on the spot, published by a second person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.kernel.errors import DefinitionChanged, InvalidInput, NotFound, TransitionNotAllowed
from egov.law import actions, queries
from egov.law.models import DecisionTable, State
from egov.law.rules import EvaluationError
from portals.console import readable
from portals.console.access import ConsoleRequest, platform_administrators
from portals.console.dictionary_forms import NewTableForm
from portals.console.table_forms import TableForms, outputs_of, written
from portals.console.views.acting import crumbs, form_page, posted, posted_to, revision_read, sentence, url
from portals.shared.components import Crumb, Fault


@require_GET
@platform_administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    lines: dict[str, dict[str, Any]] = {}
    for row in queries.table_versions():
        line = lines.setdefault(row.key, {"key": row.key, "newest": row, "in_force": None, "draft": None})
        if row.state == State.PUBLISHED:
            line["in_force"] = row
        elif row.state == State.DRAFT and line["draft"] is None:
            line["draft"] = row
    return render(request, "console/tables.html", {"lines": list(lines.values()), "crumbs": crumbs(request)})


@require_http_methods(["GET", "POST"])
@platform_administrators
def new(request: ConsoleRequest, capacity: str) -> HttpResponse:
    """A table from nothing: what it looks at, and the row that fits where no other does. The rest is written next."""
    form = NewTableForm(posted_to(request))

    def act(data: dict[str, Any]) -> DecisionTable:
        if queries.table_versions(data["key"]).exists():
            raise InvalidInput.at("key", "taken", _("There is a table with this key."))
        return actions.draft_table(request.actor, **form.table())

    return form_page(
        request,
        form=form,
        act=act,
        places={"model": "outputs"},
        context={
            "title": _("A new decision table"),
            "lead": _("The first row that fits decides. Begin with the last one, which has to fit every case."),
            "submit": _("Go on to its rows"),
            "wide": True,
            "crumbs": _above(request),
        },
        done=_("The draft is kept. It decides nothing before somebody else has published it."),
        back=url(request, "tables"),
        next_page=lambda row: url(request, "table_edit", row.key, row.version),
    )


@require_GET
@platform_administrators
def detail(request: ConsoleRequest, capacity: str, key: str, number: int) -> HttpResponse:
    """The rows, and each test with what it gives now."""
    row = _table(key, number)
    inputs, outputs = list(row.inputs), outputs_of(row)
    tried: list[Any] = []
    fault = ""
    try:
        tried = queries.tried(row)
    except EvaluationError as error:
        fault = str(error)
    versions = list(queries.table_versions(key))
    context = {
        "table": readable.with_writers([row])[0],
        "versions": versions,
        "inputs": inputs,
        "outputs": outputs,
        "rows": [
            {
                "id": each.get("id", ""),
                "when": [(name, written(each.get("when", {}).get(name, ""))) for name in inputs],
                "condition": each.get("condition", ""),
                "then": [(name, written(each["then"].get(name, ""))) for name in outputs],
                "says": each.get("says", {}),
            }
            for each in row.model.get("rules", ())
        ],
        "tried": [(test["input"], _expected(test), message) for test, message in tried],
        "failed": sum(bool(message) for _test, message in tried),
        "fault": fault,
        "draft": next((each for each in versions if each.state == State.DRAFT), None),
        "mine": request.actor.party_id in row.writer_ids,
        "crumbs": _above(request),
    }
    return render(request, "console/table.html", context)


def _expected(test: dict[str, Any]) -> str:
    if test.get("error"):
        return pgettext("of a test", "not accepted")
    return str(test.get("rule") or ", ".join(f"{name} = {written(each)}" for name, each in test["output"].items()))


@require_POST
@platform_administrators
def draft(request: ConsoleRequest, capacity: str, key: str, number: int) -> HttpResponse:
    """The next version, starting as this one."""
    row = _table(key, number)
    made = actions.draft_table(
        request.actor,
        key=key,
        name=row.name,
        model=row.model,
        inputs=row.inputs,
        tests=row.tests,
        source=row.source,
    )
    return redirect(url(request, "table_edit", key, made.version))


@require_http_methods(["GET", "POST"])
@platform_administrators
def edit(request: ConsoleRequest, capacity: str, key: str, number: int) -> HttpResponse:
    row = _table(key, number)
    forms = TableForms(row, request.POST if request.method == "POST" else None)
    faults: list[Fault] = []
    read, changed = revision_read(request), False
    if request.method == "POST":
        if forms.is_valid():
            try:
                actions.edit_table(
                    request.actor,
                    key=key,
                    version=number,
                    model=forms.model(),
                    tests=forms.kept_tests(),
                    revision=read,
                )
                return redirect(url(request, "table", key, number))
            except InvalidInput as error:
                faults = [Fault(str(each.message)) for each in error.faults]
            except DefinitionChanged as error:
                faults, read, changed = [Fault(sentence(error))], None, True
            except TransitionNotAllowed as error:  # published meanwhile: what was typed can still be copied
                faults = [Fault(str(error))]
        else:
            faults = [Fault(message, target) for message, target in forms.faults]
    context = {
        "table": row,
        "forms": forms,
        "faults": faults,
        "changed": changed,
        "revision": row.revision if read is None else read,
        "back": url(request, "table", key, number),
        "crumbs": _above(request),
    }
    return render(request, "console/table_edit.html", context, status=422 if faults else 200)


@require_POST
@platform_administrators
def publish(request: ConsoleRequest, capacity: str, key: str, number: int) -> HttpResponse:
    return posted(
        request,
        act=lambda: actions.publish_table(
            request.actor,
            key=key,
            version=number,
            revision=revision_read(request),
        ),
        done=_("Published: it decides from now on."),
        back=url(request, "table", key, number),
    )


def _table(key: str, number: int) -> DecisionTable:
    row = queries.table_versions(key).filter(version=number).first()
    if row is None:
        raise NotFound()
    return row


def _above(request: ConsoleRequest) -> list[Crumb]:
    return crumbs(request, (_("Decision tables"), url(request, "tables")))
