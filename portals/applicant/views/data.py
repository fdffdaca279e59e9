"""What registers hold about the party, who looked at it, what the party allowed, and how to put it right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.catalogue import queries as catalogue
from egov.identity.models import Organisation, Sex
from egov.identity.queries import region_name
from egov.intake import rules
from egov.journal import queries as journal
from egov.journal.queries import Seen
from egov.kernel.errors import EgovError, InvalidInput, NotFound, NotPermitted
from egov.kernel.text import LocalisedText, localise
from egov.registers import actions, queries
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Crumb, Fault, Field, Source, SummaryRow, Text, faults_of
from portals.shared.templatetags.egov_ui import data_text, localised, masked

VIEWS_SHOWN = 100


@applicant_page
@require_GET
def my_data(request: ApplicantRequest, capacity: str) -> HttpResponse:
    lines = queries.data_about(request.actor, party_id=request.actor.applicant_id)
    seen = journal.views_of(request.actor.applicant_id, limit=VIEWS_SHOWN)
    context = {
        "rows": [_row(line, capacity) for line in lines],
        "seen": _by_department(seen),
        "seen_total": len(seen),
        "seen_more": len(seen) == VIEWS_SHOWN,
        "consents": queries.consents_of(request.actor.applicant_id)[:50],
        "corrections": queries.corrections_of(request.actor.applicant_id)[:50],
        "crumbs": [home_crumb(capacity), Crumb(_("My data"))],
    }
    return render(request, "applicant/my_data.html", context)


def _row(line: queries.HeldDatum, capacity: str) -> SummaryRow:
    keeper = localise(line.keeper_name) or line.keeper
    keeper = _(", kept by %(keeper)s") % {"keeper": keeper} if keeper else ""
    return SummaryRow(
        label=localised(line.name),
        value=_shown(line),
        source=Source(f"{localise(line.register)}{keeper}", line.as_of),
        action=_("Correct"),
        action_url=reverse("citizen:correct_fact", kwargs={"capacity": capacity, "element": line.element}),
    )


_PRIVATE_FORMATS = ("phone", "cn-resident-id")
_COUNTRIES = {"CHN": {"zh-Hans": "中国", "en": "China"}}


def _shown(line: queries.HeldDatum) -> Text:
    """In words, as the forms say it; of what is private the middle is hidden, however the dictionary marks it."""
    asked = catalogue.asked_elements().get(line.element, {})
    named = {**_COUNTRIES, **asked.get("x-labels", {})}
    if isinstance(line.value, bool):
        return _("Yes") if line.value else _("No")
    if isinstance(line.value, str) and line.value in named:
        return localised(named[line.value])
    if isinstance(line.value, str) and line.element.endswith("region"):
        return region_name(line.value) or line.value
    if line.element == "person.sex":
        return str(Sex(line.value).label)
    if line.sensitive or line.schema.get("format") in _PRIVATE_FORMATS:
        return masked(str(line.value))
    return data_text(_plain(line.value))


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return localise(value) if all(isinstance(each, str) for each in value.values()) else str(value)
    if isinstance(value, list):
        return "、".join(_plain(each) for each in value)
    return "" if value is None else str(value)


_REASONS = {
    "handling": gettext_lazy("Handles your case"),
    "advising": gettext_lazy("Was asked for its opinion on your case"),
    "own": gettext_lazy("Acts for you"),
    "lead": gettext_lazy("Leads your matter"),
    "supervision": gettext_lazy("Supervises how cases are handled"),
    "search": gettext_lazy("Found it in a search"),
    "admin": gettext_lazy("Maintains the register"),
    "dry run of an event": gettext_lazy("Tried out which services apply"),
}


@dataclass(frozen=True)
class Look:
    """One look at the party's data, with the department in words."""

    seen: Seen
    department: LocalisedText

    @property
    def reason(self) -> Text:
        """In words where the platform gave it, else as an officer wrote it."""
        words = _REASONS.get(self.seen.reason)
        return str(words) if words is not None else data_text(self.seen.reason)

    @property
    def refs(self) -> str:
        return ", ".join(ref.key for ref in self.seen.refs)


def _looks(seen: Sequence[Seen]) -> list[Look]:
    names = dict(
        Organisation.objects.filter(pk__in={each.department_id for each in seen if each.department_id}).values_list(
            "pk", "full_name"
        )
    )
    return [Look(each, names.get(each.department_id or 0, {})) for each in seen]


def _by_department(seen: Sequence[Seen]) -> list[tuple[LocalisedText, int]]:
    counted: dict[str, tuple[LocalisedText, int]] = {}
    for look in _looks(seen):
        key = localise(look.department, "zh-Hans")
        name, number = counted.get(key, (look.department, 0))
        counted[key] = (name, number + 1)
    return sorted(counted.values(), key=lambda entry: -entry[1])


@applicant_page
@require_GET
def views(request: ApplicantRequest, capacity: str) -> HttpResponse:
    """Look by look: when, which department, on which matter, why; and the proof in the journal."""
    if request.actor.mandate_services is not None:
        raise NotPermitted  # as for the data themselves
    context = {
        "looks": _looks(journal.views_of(request.actor.applicant_id, limit=VIEWS_SHOWN)),
        "limit": VIEWS_SHOWN,
        "crumbs": [
            home_crumb(capacity),
            Crumb(_("My data"), reverse("citizen:my_data", kwargs={"capacity": capacity})),
            Crumb(_("Who saw it")),
        ],
    }
    return render(request, "applicant/data_views.html", context)


@applicant_page
@require_http_methods(["GET", "POST"])
def correct(request: ApplicantRequest, capacity: str, element: str) -> HttpResponse:
    """Say that a held fact is wrong; the keeper of the register answers."""
    lines = queries.data_about(request.actor, party_id=request.actor.applicant_id)
    line = next((each for each in lines if each.element == element), None)
    if line is None:
        raise NotFound
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            correction = actions.ask_fact_correction(
                request.actor,
                party_id=request.actor.applicant_id,
                element=element,
                proposed=rules.tidy(request.POST.get("proposed", ""))[:500],
                reason=rules.tidy(request.POST.get("reason", ""), lines=True)[:2000],
            )
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            faults = {"": str(error)}
        else:
            messages.success(request, _("Sent under the number %(number)s.") % {"number": correction.reference})
            return redirect("citizen:my_data", capacity=capacity)
    questions = [
        Field(
            "proposed",
            _("What is right?"),
            value=request.POST.get("proposed", ""),
            error=faults.get("proposed", ""),
            max_length=500,
        ),
        Field(
            "reason",
            _("How can it be proved?"),
            widget="textarea",
            value=request.POST.get("reason", ""),
            required=False,
            hint=_("For example the number of a certificate."),
            max_length=2000,
        ),
    ]
    told = faults_of(questions)
    if "" in faults:
        told.insert(0, Fault(faults[""]))
    context = {
        "rows": [replace(_row(line, capacity), action="", action_url="")],
        "questions": questions,
        "faults": told,
        "crumbs": [
            home_crumb(capacity),
            Crumb(_("My data"), reverse("citizen:my_data", kwargs={"capacity": capacity})),
            Crumb(_("Correct")),
        ],
    }
    return render(request, "applicant/correct_fact.html", context, status=422 if told else 200)


@applicant_page
@require_POST
def revoke_consent(request: ApplicantRequest, capacity: str, pk: int) -> HttpResponse:
    actions.revoke_consent(request.actor, consent_id=pk)
    messages.success(request, _("Revoked for the future. What was read before stays lawful."))
    return redirect(reverse("citizen:my_data", kwargs={"capacity": capacity}) + "#h-consents")
