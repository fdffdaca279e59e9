"""Before the form: what the service takes and gives, and the button that begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.catalogue.rules import is_fetched
from egov.identity import queries as identity
from egov.intake import actions, queries, rules
from egov.intake.actions import WrongApplicant
from egov.intake.models import Draft
from egov.kernel.errors import EgovError
from egov.kernel.text import LocalisedText
from portals.applicant import answers as words
from portals.applicant import fields
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.shared.applicants import Door, able_to_file, audience_words, doors_to
from portals.shared.components import Crumb, Field, Option
from portals.shared.templatetags.egov_ui import localised, money_plain

DRAFTS_SHOWN = 1


@dataclass(frozen=True)
class Outline:
    """What filing takes: time, papers, money."""

    time: str
    known: int
    fee: str
    fee_basis: LocalisedText
    own: Sequence[Mapping[str, Any]]
    fetched: Sequence[Mapping[str, Any]]
    drafts: Sequence[Draft]


@applicant_page
@require_http_methods(["GET", "POST"])
def start(request: ApplicantRequest, capacity: str, code: str) -> HttpResponse:
    """An unfinished form of the same service is offered first; where it is wanted can be changed."""
    version = catalogue.published(code)
    why_not, doors, status = "", [], 200
    try:
        actions.require_fileable(request.actor, version)
    except EgovError as refused:
        why_not, status = f"{refused} {refused.way_out or ''}".strip(), refused.status
        if isinstance(refused, WrongApplicant):
            doors = _doors(request, version)
    region = region_wanted(request)
    if request.method == "POST" and not why_not and region:
        draft = actions.start_draft(
            request.actor,
            service=code,
            region=region,
            need=request.POST.get("need", ""),
            event=request.POST.get("event", ""),
        )
        return redirect("citizen:draft", capacity=capacity, reference=draft.reference)
    context = {
        "version": version,
        "outline": _outline(request, version) if version.is_fileable else None,
        "why_not": why_not,
        "doors": doors,
        "for_whom": audience_words(version.audience),
        "need": request.GET.get("need", ""),
        "event": request.GET.get("event", ""),
        "region_field": region_field(region, missing=request.method == "POST" and not region),
        "public_url": reverse("public:service", kwargs={"code": code}),
        "crumbs": [
            Crumb(_("My matters"), reverse("citizen:home", kwargs={"capacity": capacity})),
            Crumb(localised(version.name)),
        ],
    }
    return render(request, "applicant/start.html", context, status=status if request.method == "POST" else 200)


def _doors(request: ApplicantRequest, version: ServiceVersion) -> list[Door]:
    """To the same page in the other capacities of whoever reads it."""
    place = f"start/{version.service.code}/"
    said = {name: request.GET[name] for name in ("need", "event", "region") if request.GET.get(name)}
    able = able_to_file(version, identity.capacities_of(request.user))
    return doors_to(f"{place}?{urlencode(said)}" if said else place, able)


def region_wanted(request: ApplicantRequest) -> str:
    """Where it is wanted: as asked, else where the applicant lives or sits; "" when neither is known."""
    wanted = request.POST.get("region") or request.GET.get("region") or request.party.region_id or ""
    return wanted if wanted in queries.regions() else ""


def region_field(region: str, *, missing: bool) -> Field:
    choices = words.region_choices()
    known = {choice.code for choice in choices}
    options = [Option(choice.code, words.region_name(choice.code), checked=choice.code == region) for choice in choices]
    if region and region not in known:
        options.insert(0, Option(region, words.region_name(region), checked=True))
    return Field(
        "region",
        _("Where do you want it?"),
        widget="select",
        options=options,
        placeholder="" if region else _("Choose"),
        error=_("Choose where you want it.") if missing else "",
        hint=_("This decides which department is competent."),
        width="m",
    )


def _outline(request: ApplicantRequest, version: ServiceVersion) -> Outline:
    form = queries.form_for(version)
    checked = rules.check(form, {})
    known = sum(bool(question.element) for question in form.questions)
    own = [material for material in version.materials if material.get("source") == "applicant"]
    drafts = queries.drafts_of(request.actor).filter(version__service=version.service_id)
    return Outline(
        time=fields.minutes(rules.minutes_left(form, checked, sources={})),
        known=known,
        fee=_fee(version.fee),
        fee_basis=version.fee.get("basis") or {},
        own=own,
        fetched=[material for material in version.materials if is_fetched(material)],
        drafts=list(drafts[:DRAFTS_SHOWN]),
    )


def _fee(fee: Mapping[str, Any]) -> str:
    """The amount, or the range of the items."""
    amounts = sorted(
        {str(item["amount"]) for item in fee.get("items", ())} or {str(fee.get("amount", "0"))}, key=Decimal
    )
    if set(map(Decimal, amounts)) == {Decimal(0)}:
        return _("Free")
    return " – ".join(dict.fromkeys((money_plain(amounts[0]), money_plain(amounts[-1]))))
