"""The dictionary of data: every element with its type, its register, and the services that ask for it."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.catalogue import queries as catalogue
from egov.registers import actions, queries
from egov.registers.models import DataElement
from portals.console.access import ConsoleRequest, administrators, platform_administrators
from portals.console.dictionary_forms import ElementForm, kind_in_words
from portals.console.views.acting import crumbs, form_page, posted_to, url
from portals.shared.components import Tab
from portals.shared.paging import page_of

OWN = "services"
MOST = 100  # elements of single services shown at once; a search finds the others
SHOWN = 6  # codes of services named at once; the others are counted


@require_GET
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:60]
    if request.GET.get("of") == OWN:
        return _own(request, text)
    rows = queries.elements()
    if text:
        wanted = Q(key__icontains=text) | Q(register__key__icontains=text)
        for column in ("name__zh-Hans", "name__en", "meaning__zh-Hans", "meaning__en"):
            wanted |= Q(**{f"{column}__icontains": text})
        rows = rows.filter(wanted)
    page = page_of(request, rows, order=["key"], size=50)
    context = {
        "page": page,
        "lines": [_line(row) for row in page],
        "text": text,
        "tabs": _tabs(request, ""),
        "may_add": request.scope.is_platform,
        "crumbs": crumbs(request, (_("Services"), url(request, "services"))),
    }
    return render(request, "console/dictionary.html", context)


def _own(request: ConsoleRequest, text: str) -> HttpResponse:
    """What single services ask: the question of the form is where such an element is defined."""
    wanted = text.lower()
    found = [each for each in catalogue.own_elements() if wanted in _words_of(each)]
    context = {
        "lines": [
            {"element": each, "kind": kind_in_words(each.schema), "codes": [each.service]} for each in found[:MOST]
        ],
        "further": len(found[MOST:]),
        "of": OWN,
        "text": text,
        "tabs": _tabs(request, OWN),
        "may_add": request.scope.is_platform,
        "crumbs": crumbs(request),
    }
    return render(request, "console/dictionary.html", context)


def _words_of(each: catalogue.OwnElement) -> str:
    return " ".join([each.key, *map(str, each.name.values()), *map(str, each.meaning.values())]).lower()


def _tabs(request: ConsoleRequest, current: str) -> list[Tab]:
    here = url(request, "dictionary")
    return [
        Tab(_("Shared"), here, current=not current),
        Tab(_("Asked by one service only"), f"{here}?of={OWN}", current=current == OWN),
    ]


def _line(row: DataElement) -> dict[str, Any]:
    codes = catalogue.askers().get(row.key, [])
    return {
        "element": row,
        "kind": kind_in_words(row.schema),
        "codes": codes[:SHOWN],
        "more": len(codes[SHOWN:]),
    }


@require_http_methods(["GET", "POST"])
@platform_administrators
def new(request: ConsoleRequest, capacity: str) -> HttpResponse:
    form = ElementForm(posted_to(request))
    return form_page(
        request,
        form=form,
        act=lambda _data: actions.add_element(request.actor, **form.element()),
        context={
            "title": _("Add a data element"),
            "lead": _("Questions of forms are bound to it: asked once, and filled in from the register that holds it."),
            "submit": _("Add"),
            "wide": True,
            "crumbs": crumbs(
                request,
                (_("Services"), url(request, "services")),
                (_("Dictionary of data"), url(request, "dictionary")),
            ),
        },
        done=_("The dictionary has it from now on."),
        back=url(request, "dictionary"),
        next_page=lambda row: f"{url(request, 'dictionary')}?q={row.key}",
    )
