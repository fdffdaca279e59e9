"""Who may act for whom: give, accept and revoke mandates."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.identity import actions, queries, rules
from egov.identity.models import Mandate
from egov.intake import queries as forms
from egov.kernel import clock
from egov.kernel.errors import EgovError, FieldError, InvalidInput, NotFound, NotPermitted
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Crumb, Fault, Field, Option, faults_of
from portals.shared.templatetags.egov_ui import localised

MONTHS = {"3": 92, "12": 366, "36": 1096}  # offered lengths, in days


@applicant_page
@require_GET
def mandates(request: ApplicantRequest, capacity: str) -> HttpResponse:
    given = queries.mandates_given(request.actor.applicant_id)
    if request.actor.mandate_id is not None:  # whom else the party lets act is not the agent's to know
        given = given.filter(pk=request.actor.mandate_id)
    context = {
        "may_give": rules.may_bind(request.actor, request.actor.applicant_id),
        "given": given[:100],
        "held": queries.mandates_held(request.actor.person_id)[:100] if capacity == "self" else [],
        "today": clock.today(),
        "names": forms.fileable_services(),
        "crumbs": [home_crumb(capacity), Crumb(_("Mandates"))],
    }
    return render(request, "applicant/mandates.html", context)


@applicant_page
@require_http_methods(["GET", "POST"])
def give(request: ApplicantRequest, capacity: str) -> HttpResponse:
    """To whom, for what, how long. The agent is found by name and number together, so that nobody can be guessed."""
    if not rules.may_bind(request.actor, request.actor.applicant_id):
        raise NotPermitted(_("Only the person themselves, or who represents the organisation, gives a mandate."))
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            mandate = _grant(request)
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            faults = {"": str(error)}
        else:
            messages.success(
                request, _("Given to %(name)s. It begins when they accept it.") % {"name": mandate.agent.name}
            )
            return redirect("citizen:mandates", capacity=capacity)
    posted = request.POST
    chosen = posted.getlist("services")
    questions = [
        Field(
            "number",
            _("Identity number or credit code of the agent"),
            value=posted.get("number", ""),
            error=faults.get("number", ""),
            width="m",
        ),
        Field("name", _("Name of the agent"), value=posted.get("name", ""), error=faults.get("name", ""), width="m"),
        Field(
            "scope",
            _("What may they do for you?"),
            widget="radio",
            error=faults.get("scope", ""),
            options=[
                Option("all", _("Everything on this platform"), checked=posted.get("scope") == "all"),
                Option(
                    "some",
                    _("Only these services"),
                    checked=posted.get("scope") == "some",
                    fields=[
                        Field(
                            "services",
                            _("Services"),
                            widget="checkboxes",
                            required=False,
                            error=faults.get("services", ""),
                            options=[
                                Option(code, localised(name), checked=code in chosen)
                                for code, name in sorted(_fileable_names(request).items())
                            ],
                        )
                    ],
                ),
            ],
        ),
        Field(
            "months",
            _("How long?"),
            widget="radio",
            error=faults.get("months", ""),
            options=[
                Option("3", _("3 months"), checked=posted.get("months") == "3"),
                Option("12", _("1 year"), checked=posted.get("months") == "12"),
                Option("36", _("3 years"), checked=posted.get("months") == "36"),
            ],
            hint=_("You can revoke it any time before."),
        ),
    ]
    told = faults_of(questions)
    if "" in faults:
        told.insert(0, Fault(faults[""]))
    context = {
        "questions": questions,
        "faults": told,
        "crumbs": [
            home_crumb(capacity),
            Crumb(_("Mandates"), reverse("citizen:mandates", kwargs={"capacity": capacity})),
            Crumb(_("Give a mandate")),
        ],
    }
    return render(request, "applicant/give_mandate.html", context, status=422 if told else 200)


def _fileable_names(request: ApplicantRequest) -> dict[str, dict[str, str]]:
    if not request.for_organisation:
        return forms.fileable_services("person")
    return forms.fileable_services(request.party.organisation.kind)


def _grant(request: ApplicantRequest) -> Mandate:
    posted = request.POST
    faults = []
    number = rules.normalise(posted.get("number", ""))
    name = " ".join(posted.get("name", "").split())
    agent = None
    for scheme in ("cn.ric", "cn.uscc"):
        agent = agent or (queries.party_by_number(scheme, number) if number else None)
    if not number:
        faults.append(FieldError("number", "required", _("Fill in the number of the agent.")))
    if not name:
        faults.append(FieldError("name", "required", _("Fill in the name of the agent.")))
    elif number and (agent is None or agent.name != name):
        faults.append(
            FieldError("number", "unknown", _("Nobody of this name and number is registered here. Check both."))
        )
    scope, length = posted.get("scope"), MONTHS.get(posted.get("months", ""))
    services = posted.getlist("services")
    if scope not in ("all", "some"):
        faults.append(FieldError("scope", "required", _("Choose what the agent may do.")))
    elif scope == "some" and not services:
        faults.append(FieldError("services", "required", _("Choose at least one service.")))
    if length is None:
        faults.append(FieldError("months", "required", _("Choose how long.")))
    if faults or agent is None or length is None:
        raise InvalidInput(faults)
    first = clock.today()
    return actions.grant_mandate(
        request.actor,
        grantor_id=request.actor.applicant_id,
        agent_id=agent.pk,
        services=services if scope == "some" else [],
        valid_from=first,
        valid_to=first + dt.timedelta(days=length),
    )


@applicant_page
@require_POST
def accept(request: ApplicantRequest, capacity: str, pk: int) -> HttpResponse:
    actions.accept_mandate(request.actor, mandate_id=pk)
    messages.success(request, _("Accepted. You find the new capacity under “Act in another capacity”."))
    return redirect("citizen:mandates", capacity=capacity)


@applicant_page
@require_http_methods(["GET", "POST"])
def revoke(request: ApplicantRequest, capacity: str, pk: int) -> HttpResponse:
    actor = request.actor
    mine = (queries.mandates_given(actor.applicant_id), queries.mandates_held(actor.person_id))
    mandate = next((found for rows in mine if (found := rows.filter(pk=pk).first())), None)
    if mandate is None or not queries.may_end_mandate(actor, mandate):
        raise NotFound
    if request.method == "POST":
        actions.revoke_mandate(actor, mandate_id=pk)
        messages.success(request, _("Revoked, at once."))
        if actor.mandate_id == pk:  # the capacity of this address has ended with it
            return redirect("shared:me")
        return redirect("citizen:mandates", capacity=capacity)
    context = {
        "mandate": mandate,
        "crumbs": [
            home_crumb(capacity),
            Crumb(_("Mandates"), reverse("citizen:mandates", kwargs={"capacity": capacity})),
            Crumb(_("Revoke")),
        ],
    }
    return render(request, "applicant/revoke_mandate.html", context)
