"""How needs are understood: words, concepts, example sentences, what was said lately; and a try of a sentence."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.kernel.text import LocalisedText
from egov.routing import actions
from egov.routing import queries as routing
from egov.routing.models import Need
from portals.console import forms
from portals.console.access import ConsoleRequest, administrators, service_of
from portals.console.views.acting import crumbs, form_page, posted, posted_to, url

NEEDS_SHOWN = 50
UNMET_READ = 500


@require_http_methods(["GET", "POST"])
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:500]
    tried = routing.match_need(text, region=request.actor.region_code, capacity="any") if text else None
    form = forms.SynonymForm(posted_to(request))
    waiting = routing.needs_to_learn(request.actor)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.add_synonym(request.actor, **data),
        template="console/words.html",
        context={
            "tried": tried,
            "text": text,
            "synonyms": routing.synonyms(),
            "needs": _waiting(waiting),
            "waiting": waiting.count(),
            "unmet": _unmet(routing.needs_unmet(request.actor)),
            "crumbs": crumbs(request),
        },
        done=_("The word is known within a minute."),
        back=url(request, "words"),
    )


@dataclass(frozen=True)
class Waiting:
    """Words to decide on. ``title``: of what was chosen or meant, None when it is offered no more."""

    need: Need
    title: LocalisedText | None
    is_event: bool


def _waiting(rows: QuerySet[Need]) -> list[Waiting]:
    needs = list(rows[:NEEDS_SHOWN])
    named = routing.named(need.chosen for need in needs)
    return [
        Waiting(need, each.title if each else None, each is not None and each.kind == "event")
        for need in needs
        for each in [named.get(need.chosen)]
    ]


@dataclass
class Unmet:
    """The same words, however often they were said."""

    text: str
    last: dt.datetime
    times: int = 0


def _unmet(rows: QuerySet[Need]) -> list[Unmet]:
    """Of the newest needs that nothing was found for, what was said most often first."""
    found: dict[str, Unmet] = {}
    for need in rows[:UNMET_READ]:
        found.setdefault(need.text.casefold(), Unmet(need.text, need.at)).times += 1
    return sorted(found.values(), key=lambda each: -each.times)[:NEEDS_SHOWN]


@require_POST
@administrators
def remove_synonym(request: ConsoleRequest, capacity: str, pk: int) -> HttpResponse:
    back = request.POST.get("concept", "")
    return posted(
        request,
        act=lambda: actions.remove_synonym(request.actor, synonym_id=pk),
        done=_("The word is removed."),
        back=url(request, "concept", back) if back.isidentifier() else url(request, "words"),
    )


@require_GET
@administrators
def concepts(request: ConsoleRequest, capacity: str) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:80]
    above = (_("Words"), url(request, "words"))
    context = {"concepts": routing.concepts(text), "text": text, "crumbs": crumbs(request, above)}
    return render(request, "console/concepts.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def concept(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    """All words of one concept."""
    row = routing.concept(key)
    form = forms.WordForm(posted_to(request))
    return form_page(
        request,
        form=form,
        act=lambda data: actions.add_synonym(request.actor, meant=key, **data),
        template="console/concept.html",
        context={
            "concept": row,
            "words": routing.words_of(key),
            "crumbs": crumbs(request, (_("Words"), url(request, "words")), (_("Concepts"), url(request, "concepts"))),
        },
        done=_("The word is known within a minute."),
        back=url(request, "concept", key),
    )


@require_http_methods(["GET", "POST"])
@administrators
def examples(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    """Sentences people say when they need a service; a department edits those of its services."""
    service_of(request, code)
    form = forms.ExampleForm(posted_to(request))
    return form_page(
        request,
        form=form,
        act=lambda data: actions.add_example(request.actor, target=code, text=data["text"]),
        template="console/examples.html",
        context={
            "code": code,
            "examples": routing.examples_of(code)[:200],
            "crumbs": crumbs(request, (_("Services"), url(request, "services")), (code, url(request, "service", code))),
        },
        done=_("The sentence leads here from now on."),
        back=url(request, "examples", code),
    )


@require_POST
@administrators
def remove_example(request: ConsoleRequest, capacity: str, code: str, pk: int) -> HttpResponse:
    service_of(request, code)
    return posted(
        request,
        act=lambda: actions.remove_example(request.actor, example_id=pk),
        done=_("The sentence is removed."),
        back=url(request, "examples", code),
    )


@require_POST
@administrators
def learn(request: ConsoleRequest, capacity: str, pk: int) -> HttpResponse:
    """Take what somebody said as an example of what they chose, or set it aside."""
    target = request.POST.get("target", "")
    return posted(
        request,
        act=lambda: actions.learn_need(request.actor, need_id=pk, target=target),
        done=_("The sentence leads there from now on.") if target else _("Set aside."),
        back=url(request, "words"),
    )
