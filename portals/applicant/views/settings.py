"""Language and where messages reach the party."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.identity import actions, rules
from egov.identity.models import Contact
from egov.kernel.errors import EgovError, InvalidInput
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.matters import home_crumb
from portals.shared import language
from portals.shared.components import Crumb, Fault, Field, Option, faults_of

CHANNELS = ("sms", "email")


@applicant_page
@require_http_methods(["GET", "POST"])
def settings_page(request: ApplicantRequest, capacity: str) -> HttpResponse:
    """An empty field leaves the address as it is; the box says whether messages go there."""
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = _save(request)
        if not faults:
            messages.success(request, _("Saved."))
            return redirect("citizen:settings", capacity=capacity)
    questions = [
        Field(
            "language",
            _("Language of messages and letters"),
            widget="radio",
            options=[
                Option(tag, name, checked=language.LANGUAGES[tag] == (request.user.language or "zh-hans"))
                for tag, name in language.NAMES.items()
            ],
        ),
        *(_contact_fields(request, faults) if _reaches_contacts(request) else ()),
    ]
    told = faults_of(questions)
    if "" in faults:
        told.insert(0, Fault(faults[""]))
    context = {"questions": questions, "faults": told, "crumbs": [home_crumb(capacity), Crumb(_("Settings"))]}
    return render(request, "applicant/settings.html", context, status=422 if told else 200)


def _reaches_contacts(request: ApplicantRequest) -> bool:
    """Where messages reach the party is not the business of an agent for some services only."""
    return rules.may_act_for(request.actor, request.actor.applicant_id)


def _contact_fields(request: ApplicantRequest, faults: dict[str, str]) -> list[Field]:
    contacts = {row.channel: row for row in Contact.objects.filter(party_id=request.actor.applicant_id)}
    return [
        _contact_field(request, "sms", _("Mobile number for text messages"), contacts, faults),
        _wanted_field(request, "sms", _("Send me text messages"), contacts),
        _contact_field(request, "email", _("E-mail address"), contacts, faults),
        _wanted_field(request, "email", _("Send me e-mails"), contacts),
    ]


def _contact_field(
    request: ApplicantRequest, channel: str, label: str, contacts: dict[str, Contact], faults: dict[str, str]
) -> Field:
    known = contacts.get(channel)
    hint = _("Now: %(address)s. Leave it empty to keep it.") % {"address": known.masked} if known else ""
    return Field(
        channel,
        label,
        widget="tel" if channel == "sms" else "email",
        value=request.POST.get(channel, ""),
        hint=hint,
        error=faults.get(channel, ""),
        required=False,
        autocomplete="tel" if channel == "sms" else "email",
        width="m",
    )


def _wanted_field(request: ApplicantRequest, channel: str, label: str, contacts: dict[str, Contact]) -> Field:
    name, known = f"{channel}_wanted", contacts.get(channel)
    ticked = name in request.POST if request.method == "POST" else known.wanted if known else True
    return Field(name, label, widget="checkbox", value=ticked, required=False)


def _save(request: ApplicantRequest) -> dict[str, str]:
    faults: dict[str, str] = {}
    chosen = request.POST.get("language", "")
    if chosen in language.LANGUAGES and request.user.language != language.LANGUAGES[chosen]:
        actions.set_language(request.user, language=language.LANGUAGES[chosen])
    if not _reaches_contacts(request):
        return faults
    known = {row.channel: row for row in Contact.objects.filter(party_id=request.actor.applicant_id)}
    for channel in CHANNELS:
        value = request.POST.get(channel, "").strip()
        wanted = f"{channel}_wanted" in request.POST
        row = known.get(channel)
        if not value and (row is None or row.wanted == wanted):
            continue
        try:
            if not value:
                actions.want_contact(request.actor, party_id=request.actor.applicant_id, channel=channel, wanted=wanted)
                continue
            actions.set_contact(
                request.actor, party_id=request.actor.applicant_id, channel=channel, value=value, wanted=wanted
            )
        except InvalidInput as error:
            faults[channel] = str(error.faults[0].message)
        except EgovError as error:
            faults[""] = str(error)
    return faults
