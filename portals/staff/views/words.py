"""What had they meant? An officer names the service or event that somebody's words should have led to.

The words wait for an administrator's review (console, *Words people say*); nothing is learned before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.casework import queries as cases
from egov.casework.models import Case
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotPermitted
from egov.kernel.text import LocalisedText, language_tag, localise
from egov.matters import queries as matters
from egov.routing import actions
from egov.routing import queries as routing
from egov.routing.models import Language
from egov.routing.queries import Named
from portals.shared.components import Crumb, Field, Option, faults_of
from portals.shared.requests import SignedInRequest
from portals.staff import casepage
from portals.staff.access import civil_servants

LIKE = 6  # services and events to choose from when the name is not exact
SHOWN = 5  # of what the words lead to


@dataclass(frozen=True)
class Lead:
    """One of what the words lead to today."""

    code: str
    title: LocalisedText
    reasons: Sequence[LocalisedText]
    is_event: bool
    is_meant: bool


@dataclass(frozen=True)
class Led:
    """What the platform answers to the words today."""

    match: routing.NeedMatch
    leads: Sequence[Lead]

    @property
    def knows(self) -> bool:
        """They lead first to what is meant: there is nothing to teach."""
        return self.match.question is None and bool(self.leads) and self.leads[0].is_meant

    @property
    def is_missing(self) -> bool:
        return not any(lead.is_meant for lead in self.leads)


@require_http_methods(["GET", "POST"])
@civil_servants
def meant(request: SignedInRequest, capacity: str) -> HttpResponse:
    """``?case=``: one in hand whose words stand there already. Trying the words keeps nothing."""
    actor: Actor = request.actor
    case = _case_in_hand(actor, request.GET.get("case", ""))
    asked = _asked(request, case)
    told: dict[str, str] = {}
    if request.method == "POST" and "try" not in request.POST:
        try:
            target = _hand_in(actor, asked)
        except InvalidInput as error:
            told = {fault.path: str(fault.message) for fault in error.faults}
        else:
            messages.success(request, _thanks(target))
            return redirect(reverse("staff:case", args=[capacity, case.reference]) if case else request.path)
    words_field, *further = fields = _fields(asked, told)
    context = {
        "case": case,
        "crumbs": casepage.crumbs_of(case, capacity, _("What had they meant?")) if case else _crumbs(capacity),
        "words_field": words_field,
        "fields": further,
        "faults": faults_of(fields),
        "targets": routing.targets(),
        "target": asked.target,
        "led": _led(actor, asked) if asked.text else None,
    }
    return render(request, "staff/meant.html", context, status=422 if told else 200)


def _crumbs(capacity: str) -> list[Crumb]:
    return [Crumb(_("Inbox"), reverse("staff:inbox", args=[capacity])), Crumb(_("What had they meant?"))]


def _case_in_hand(actor: Actor, reference: str) -> Case | None:
    """Raises ``NotFound``, and ``NotPermitted`` for who does not handle the case."""
    if not reference:
        return None
    page = cases.case_page(actor, reference)
    if page.access is not cases.Access.HANDLING:
        raise NotPermitted()
    return page.case


@dataclass(frozen=True)
class Asked:
    """What stands in the fields. ``like``: what the name typed may mean, when it is none exactly."""

    text: str
    language: str
    typed: str = ""
    target: Named | None = None
    like: Sequence[Named] = ()


def _asked(request: SignedInRequest, case: Case | None) -> Asked:
    """As posted, else the words that the case began with."""
    if request.method == "POST":
        text, language, typed, chosen = (
            request.POST.get(name, "").strip() for name in ("text", "language", "target", "like")
        )
        named = routing.target_named(typed)
        like = routing.targets_like(typed, limit=LIKE) if typed and named is None else ()
        target = named or next((each for each in like if each.code == chosen), None)
        return Asked(text, language if language in Language.values else _language(text), typed, target, like)
    text = matters.words_behind(request.actor, reference=case.matter) if case else ""
    return Asked(actions.without_numbers(text), _language(text))


def _language(text: str) -> str:
    """As the words are written; without words, as the page is."""
    return routing.language_of(text) if text else language_tag()


def _hand_in(actor: Actor, asked: Asked) -> Named:
    """Raises ``InvalidInput``."""
    if asked.target is None:
        if asked.like:
            raise InvalidInput.at("like", "required", _("Choose one of these, or type the code."))
        told = _("There is no such service or event.") if asked.typed else _("Name the service or event.")
        raise InvalidInput.at("target", "unknown", told)
    actions.correct_need(
        actor, text=asked.text, target=asked.target.code, language=asked.language, region=actor.region_code
    )
    return asked.target


def _thanks(target: Named) -> str:
    told = (
        _("Thank you. An administrator of the platform looks at it; once it is taken, such words lead to %(name)s.")
        if target.kind == "event"
        else _("Thank you. Who configures the service looks at it; once it is taken, such words lead to %(name)s.")
    )
    return told % {"name": f"{target.code} {localise(target.title)}"}


def _led(actor: Actor, asked: Asked) -> Led:
    """As for a person who has not said whether they ask for a business."""
    match = routing.match_need(asked.text, region=actor.region_code, capacity="", limit=SHOWN)
    wanted = asked.target.code if asked.target else ""
    leads = [
        Lead(each.code, each.title, each.reasons, is_event=each.kind == "event", is_meant=each.code == wanted)
        for each in match.candidates
    ]
    return Led(match, leads)


def _fields(asked: Asked, told: Mapping[str, str]) -> list[Field]:
    """The words first; the list to choose from only after a name that is not exact."""
    fields = [
        Field(
            "text",
            _("What was said, in their words"),
            "textarea",
            asked.text,
            hint=_("One sentence, as it was said. Write no names; long numbers are taken out."),
            error=told.get("text", ""),
            max_length=actions.MAX_NEED,
            lines=3,
            attributes={"lang": _language(asked.text)} if asked.text else {},
        ),
        Field(
            "language",
            _("In which language"),
            "radio",
            options=[Option(value, label, checked=value == asked.language) for value, label in Language.choices],
        ),
        Field(
            "target",
            _("The service or event that was meant"),
            value=asked.typed,
            hint=_("Type its code or its name; a part of the name is enough."),
            error=told.get("target", ""),
            max_length=120,
            attributes={"list": "targets", "autocomplete": "off"},
        ),
    ]
    if asked.like:
        fields.append(_like(asked, told))
    return fields


def _like(asked: Asked, told: Mapping[str, str]) -> Field:
    return Field(
        "like",
        _("Which of these?"),
        "radio",
        options=[
            Option(each.code, f"{each.code} {localise(each.title)}", checked=each == asked.target)
            for each in asked.like
        ],
        error=told.get("like", ""),
    )
