"""What somebody needs, in their words: ranked services and events with the reasons, or a question back, or the hotline."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from egov.catalogue import queries as catalogue
from egov.kernel.errors import NotFound
from egov.routing import actions as lexicon
from egov.routing import queries as routing
from egov.routing.models import Need
from portals.public import reading, region
from portals.shared import components as c
from portals.shared.requests import Request
from portals.shared.templatetags.egov_ui import localised_plain

LONGEST = 300  # characters of a need
HOTLINE = "CP01"
MOST_PICKED = 4
LONGEST_ID = 19  # digits that fit a key


@dataclass(frozen=True)
class Answer:
    """An answer to the question put back, as a link that keeps the sentence."""

    text: str
    url: str


@require_safe
def need(request: Request) -> HttpResponse:
    """``?q=`` the sentence, ``region`` from where, ``for`` person or business, ``pick`` the answers given so far."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    if not text:
        return redirect("public:front")
    here = region.chosen(request)
    picked = request.GET.getlist("pick")[:MOST_PICKED]
    match = routing.match_need(text, region=here.code, capacity=_side(request), picked=picked)
    # Kept to learn from: the sentence without long numbers and without the person.
    kept = lexicon.note_need(request.actor, text=text, region=here.code, match=match)
    events = [each for each in match.candidates if each.kind == "event"]
    response = render(
        request,
        "public/need.html",
        {
            "text": text,
            "question": match.question,
            "answers": _answers(request, match),
            "bundle": next((_event(each, kept) for each in events if each.code == match.bundle), None),
            "events": [_event(each, kept) for each in events if each.code != match.bundle],
            "cards": _cards([each for each in match.candidates if each.kind == "service"], kept),
            "parts": [Answer(part, f"{request.path}?{urlencode({'q': part})}") for part in match.parts],
            "hotline": HOTLINE,
            "region_field": region.field(request, _("Where")),
        },
    )
    region.remember(request, response)
    return response


def _side(request: Request) -> str:
    asked = request.GET.get("for", "")
    return asked if asked in ("person", "business") else ""


def _answers(request: Request, match: "routing.NeedMatch") -> list[Answer]:
    """Each option as the address of this page with that option picked too."""
    if match.question is None:
        return []
    found = []
    for option in match.question.options:
        query = request.GET.copy()
        query.appendlist("pick", option.key)
        found.append(Answer(localised_plain(option.text), f"{request.path}?{query.urlencode()}"))
    return found


def _cards(candidates: "Sequence[routing.Candidate]", kept: Need) -> list[c.ServiceCard]:
    versions = catalogue.published_many(each.code for each in candidates)
    found = [(each, versions[each.code]) for each in candidates if each.code in versions]
    drawn = [
        reading.card(version, number=number, reasons=[localised_plain(reason) for reason in each.reasons])
        for number, (each, version) in enumerate(found, 1)
    ]
    return [replace(card, url=_going_on(card.url, kept)) for card in drawn]


def _event(candidate: "routing.Candidate", kept: Need) -> c.Link:
    address = _going_on(reverse("public:event", args=[candidate.code]), kept)
    return c.Link(localised_plain(candidate.title), address, reading.joined(candidate.reasons))


def _going_on(address: str, kept: Need) -> str:
    """The address with the need, to learn from, and its words, which go along with the request."""
    return f"{address}?{urlencode({'need': kept.pk, 'said': kept.text})}"


def went_on(request: Request, code: str) -> None:
    """The person came from a list of what may meet a need and chose this: kept to learn from."""
    need_id = request.GET.get("need", "")
    if need_id.isdecimal() and len(need_id) < LONGEST_ID:
        with suppress(NotFound):
            lexicon.choose_for_need(request.actor, need_id=int(need_id), code=code)


def beginning(request: Request, **what: str) -> str:
    """Where filing begins (``start`` a service, ``event`` an event), with the words that led here."""
    said = request.GET.get("said", "").strip()[:LONGEST]
    return f"{reverse('shared:me')}?{urlencode({**what, 'need': said} if said else what)}"
