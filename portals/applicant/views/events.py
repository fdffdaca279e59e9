"""A life or business event for one party: questions while they matter, what applies and why, then one form for all.

The answers stand in the address: the page can be shared, reloaded and used without script; nothing is kept before
the person begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.intake import actions, queries
from egov.intake.models import Draft
from egov.intake.queries import BundleAhead, MemberAhead
from egov.kernel.errors import InvalidInput
from egov.registers.queries import register_names
from egov.routing import queries as routing
from egov.routing.queries import BundlePlan, EventWithdrawn, PlannedMember, Why
from portals.applicant import answers as words
from portals.applicant import fields
from portals.applicant.access import applicant_page
from portals.applicant.views.start import region_field, region_wanted
from portals.shared import event_map
from portals.shared.components import (
    Crumb,
    Fault,
    Field,
    Option,
    Source,
    SummaryRow,
    faults_of,
    last_day,
)
from portals.shared.drawings import BundleMap, Node
from portals.shared.templatetags.egov_ui import localised, localised_plain, short_date

SERVICES, REGION = "services", "region"


@dataclass(frozen=True)
class Line:
    """A member as the page lists it."""

    member: PlannedMember
    ahead: MemberAhead | None = None
    reasons: Sequence[tuple[str, str]] = ()
    chosen: bool = False


@applicant_page
@require_http_methods(["GET", "POST"])
def event(request: HttpRequest, capacity: str, code: str) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    try:
        answers = routing.read_answers(code, asked)
    except EventWithdrawn:
        return redirect("public:event", code=code)  # which says so and names its services
    plan = routing.plan_bundle(request.actor, event=code, answers=answers)
    chosen = asked.getlist(SERVICES)
    region = region_wanted(request) or str(answers.get(REGION, ""))
    problem = ""
    if request.method == "POST":
        if not region:
            problem = _("Choose where you want it.")
        else:
            try:
                draft = actions.start_bundle(
                    request.actor,
                    event=code,
                    region=region,
                    answers=answers,
                    services=chosen,
                    need=request.POST.get("need", ""),
                )
                if along := _brought_along(draft, plan, chosen):
                    told = _("Comes along, because something you chose needs it first: %(services)s")
                    messages.info(request, told % {"services": _list(along)})
                return redirect("citizen:draft", capacity=capacity, reference=draft.reference)
            except InvalidInput as error:
                problem = str(error.faults[0].message)
    return _page(request, capacity, plan, chosen=chosen, region=region, problem=problem)


def _brought_along(draft: Draft, plan: BundlePlan, chosen: Sequence[str]) -> list[str]:
    optional = {each["service"] for each in draft.plan["members"] if each["optional"]} - set(chosen)
    return [localised_plain(each.version.name) for each in plan.members if each.service in optional]


def _page(
    request: HttpRequest, capacity: str, plan: BundlePlan, *, chosen: Sequence[str], region: str, problem: str
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    tried = "go" in asked or request.method == "POST"
    questions = [_question(plan, key, missing=tried) for key in plan.to_ask]
    ahead = None
    if region:
        ahead = queries.bundle_ahead(
            request.actor, plan=plan, services=chosen, region=region, applicant_kind=request.party.kind
        )
    by_service = {each.service: each for each in ahead.members} if ahead else {}
    groups: dict[Why, list[Line]] = {why: [] for why in Why}
    elsewhere: list[Line] = []
    for member in plan.members:
        line = Line(member, by_service.get(member.service), _reasons(member, plan), member.service in chosen)
        if member.applies and not member.is_fileable:
            elsewhere.append(line)
        else:
            groups[member.why].append(line)
    told = faults_of(questions) if tried else []
    if problem:
        told.insert(0, Fault(problem))
    context = {
        "plan": plan,
        "need": asked.get("need", "")[:500],
        "questions": questions,
        "known": _known(request, plan),
        "kept": _kept(plan),
        "ahead": ahead,
        "map": _map(ahead) if ahead and len(ahead.members) > 1 else None,
        "minutes": fields.minutes(ahead.minutes) if ahead else "",
        "applies": groups[Why.APPLIES],
        "optional": groups[Why.OPTIONAL],
        "open": groups[Why.OPEN],
        "held": groups[Why.HELD],
        "others": groups[Why.OTHER_PARTY],
        "not_needed": groups[Why.NOT_NEEDED],
        "elsewhere": elsewhere,
        "region_field": region_field(region, missing=tried and not region),
        "faults": told,
        "crumbs": [
            Crumb(_("My matters"), reverse("citizen:home", kwargs={"capacity": capacity})),
            Crumb(localised(plan.event.name)),
        ],
    }
    return render(request, "applicant/event.html", context, status=422 if told and request.method == "POST" else 200)


# --- Questions ------------------------------------------------------------------------------------------
def _question(plan: BundlePlan, key: str, *, missing: bool) -> Field:
    question = next(each for each in plan.questions if each["key"] == key)
    options = _options(question)
    return Field(
        key,
        localised(question["text"]),
        widget={"number": "number", "date": "date", "region": "select"}.get(question["type"], "radio"),
        options=options,
        placeholder=_("Choose") if question["type"] == "region" else "",
        error=_("Answer this question, so that we know what applies.") if missing else "",
        hint=_("Changes: %(services)s") % {"services": _list(_changed_by(plan, key))},
        width="s" if question["type"] == "number" else "m",
    )


def _options(question: Mapping[str, Any]) -> list[Option]:
    if question["type"] == "boolean":
        return [Option("true", _("Yes")), Option("false", _("No"))]
    if question["type"] == "region":
        return [Option(region.code, words.region_name(region.code)) for region in words.region_choices()]
    return [Option(str(each["key"]), localised(each["text"])) for each in question.get("choices", ())]


def _changed_by(plan: BundlePlan, key: str) -> list[str]:
    return [localised_plain(each.version.name) for each in plan.members if key in each.state.because]


def _list(texts: Sequence[str]) -> str:
    return _(", ").join(texts)


def _known(request: HttpRequest, plan: BundlePlan) -> list[SummaryRow]:
    """What was answered and what registers know, each with the way to change it."""
    names = register_names()
    rows = []
    for question in plan.questions:
        key = str(question["key"])
        if key not in plan.answers:
            continue
        fact = plan.facts.get(key)
        rest = request.GET.copy() if request.method == "GET" else request.POST.copy()
        for name in (key, "go", "csrfmiddlewaretoken"):
            rest.pop(name, None)
        rows.append(
            SummaryRow(
                localised(question["text"]),
                event_map.answer_words(question, plan.answers[key]),
                source=Source(localised(names.get(fact.register, {"en": fact.register})), fact.as_of) if fact else None,
                action="" if fact else _("Change"),
                action_url="" if fact else f"?{rest.urlencode()}",
            )
        )
    return rows


def _kept(plan: BundlePlan) -> list[tuple[str, str]]:
    """The given answers as hidden fields of the next request."""
    return [
        (key, str(value).lower() if isinstance(value, bool) else str(value))
        for key, value in plan.answers.items()
        if key not in plan.facts
    ]


def _reasons(member: PlannedMember, plan: BundlePlan) -> list[tuple[str, str]]:
    by_text = {str(each["key"]): each for each in plan.questions}
    return [
        (localised_plain(by_text[key]["text"]), event_map.answer_words(by_text[key], plan.answers[key]))
        for key in member.state.because
        if key in plan.answers
    ]


# --- The map --------------------------------------------------------------------------------------------
def _map(ahead: BundleAhead) -> BundleMap:
    return BundleMap.draw([[_node(each) for each in level] for level in ahead.levels])


def _node(each: MemberAhead) -> Node:
    version = each.member.version
    return Node(
        each.service,
        localised_plain(version.name),
        localised_plain(version.department_name),
        _("on the spot")
        if not version.promised_limit
        else _("by %(day)s") % {"day": short_date(last_day(each.due_at))},
        critical=each.critical,
        optional=each.member.optional,
        after=each.waits_for,
    )
