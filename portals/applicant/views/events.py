"""A life or business event for one party: questions while they matter, what applies and why, then one form for all.

The answers stand in the address: the page can be shared, reloaded and used without script; nothing is kept before
the person begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.identity import queries as identity
from egov.intake import actions, queries
from egov.intake.actions import WrongApplicant
from egov.intake.models import Draft
from egov.intake.queries import BundleAhead, MemberAhead
from egov.kernel.errors import InvalidInput, NotPermitted
from egov.registers.queries import register_names
from egov.routing import queries as routing
from egov.routing.queries import BundlePlan, EventWithdrawn, Held, PlannedMember, Why, Wishes
from portals.applicant import determinants, fields
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.start import region_field, region_wanted
from portals.shared import event_map
from portals.shared.applicants import Door, doors_to, for_organisations
from portals.shared.components import (
    Crumb,
    Fault,
    Field,
    Source,
    SummaryRow,
    faults_of,
    last_day,
)
from portals.shared.drawings import BundleMap, Node
from portals.shared.templatetags.egov_ui import localised, localised_plain, short_date

SERVICES, REGION, AGAIN, HAVE, DOUBT = "services", "region", "again", "have-", "doubt"


@dataclass(frozen=True)
class Line:
    """A member as the page lists it."""

    member: PlannedMember
    ahead: MemberAhead | None = None
    reasons: Sequence[tuple[str, str]] = ()
    chosen: bool = False
    needed_first: bool = False  # not needed by itself; something that is filed needs it
    holdings: Sequence[tuple[str, Source]] = ()


@applicant_page
@require_http_methods(["GET", "POST"])
def event(request: ApplicantRequest, capacity: str, code: str) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    try:
        answers = routing.read_answers(code, asked)
    except EventWithdrawn:
        return redirect("public:event", code=code)  # which says so and names its services
    wishes = _wishes(asked)
    plan = routing.plan_bundle(request.actor, event=code, answers=answers, wishes=wishes)
    chosen = asked.getlist(SERVICES)
    region = region_wanted(request) or str(answers.get(REGION, ""))
    problem, status = "", 422
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
                    again=wishes.again,
                    have=wishes.have,
                )
                if along := _brought_along(draft, plan, chosen):
                    messages.info(request, comes_along(along))
                return redirect("citizen:draft", capacity=capacity, reference=draft.reference)
            except InvalidInput as error:
                problem = str(error.faults[0].message)
            except NotPermitted as error:
                problem, status = str(error), error.status
    return _page(request, capacity, plan, chosen=chosen, region=region, problem=problem, status=status)


def _filed(plan: BundlePlan, chosen: Sequence[str]) -> set[str]:
    """What would be filed, with what comes along because something needs it first."""
    return {member.service for member in queries.bundle_of(plan, chosen).members}


def _brought_along(draft: Draft, plan: BundlePlan, chosen: Sequence[str]) -> list[str]:
    said = {*chosen, *_filed(plan, ())}  # the page has told of the latter
    optional = {each["service"] for each in draft.plan["members"] if each["optional"]} - said
    return [localised_plain(each.version.name) for each in plan.members if each.service in optional]


def comes_along(titles: Sequence[str]) -> str:
    return _("Comes along, because something you chose needs it first: %(services)s") % {"services": _list(titles)}


def _page(
    request: ApplicantRequest,
    capacity: str,
    plan: BundlePlan,
    *,
    chosen: Sequence[str],
    region: str,
    problem: str,
    status: int,
) -> HttpResponse:
    """``status``: when something that was sent could not be taken."""
    asked = request.POST if request.method == "POST" else request.GET
    tried = "go" in asked or request.method == "POST"
    questions = [_question(plan, key, typed=asked.get(key, "")[:100], tried=tried) for key in plan.to_ask]
    ahead = None
    if region:
        ahead = queries.bundle_ahead(
            request.actor, plan=plan, services=chosen, region=region, applicant_kind=request.party.kind
        )
    filed = _filed(plan, chosen)
    needed = _filed(plan, ())
    by_service = {each.service: each for each in ahead.members} if ahead else {}
    groups: dict[Why, list[Line]] = {why: [] for why in Why}
    elsewhere: list[Line] = []
    for member in plan.members:
        line = Line(
            member,
            by_service.get(member.service),
            _reasons(member, plan),
            member.service in filed,
            member.why is Why.OPTIONAL and member.service in needed,
            [_held(each) for each in member.holdings],
        )
        if member.applies and not member.is_fileable:
            elsewhere.append(line)
        elif line.needed_first:
            groups[Why.APPLIES].append(line)
        else:
            groups[member.why].append(line)
    refusal = queries.bundle_refusal(request.actor, plan=plan, services=chosen) if plan.is_settled else None
    told = faults_of(questions) if tried else []
    if problem and not told:
        told.insert(0, Fault(problem))
    context = {
        "plan": plan,
        "need": asked.get("need", "")[:500],
        "questions": questions,
        "known": _known(request, plan),
        "kept": _kept(plan),
        "wished": _wished(_wishes(asked)),
        "ahead": ahead,
        "map": _map(ahead) if ahead and len(ahead.members) > 1 else None,
        "minutes": fields.minutes(ahead.minutes) if ahead else "",
        "applies": groups[Why.APPLIES],
        "optional": groups[Why.OPTIONAL],
        "open": groups[Why.OPEN],
        "held": groups[Why.HELD],
        "claimed": groups[Why.CLAIMED],
        "others": groups[Why.OTHER_PARTY],
        "not_needed": groups[Why.NOT_NEEDED],
        "elsewhere": elsewhere,
        "region_field": region_field(region, missing=tried and not region),
        "refusal": refusal,
        "doors": _doors(request, plan, chosen) if isinstance(refusal, WrongApplicant) else [],
        "faults": told,
        "crumbs": [
            Crumb(_("My matters"), reverse("citizen:home", kwargs={"capacity": capacity})),
            Crumb(localised(plan.event.name)),
        ],
    }
    return render(request, "applicant/event.html", context, status=status if told and request.method == "POST" else 200)


def _doors(request: ApplicantRequest, plan: BundlePlan, chosen: Sequence[str]) -> list[Door]:
    """To the same page for the organisations for which whoever reads it may act."""
    asked = request.POST if request.method == "POST" else request.GET
    said = [(name, asked[name]) for name in ("need", REGION) if asked.get(name)]
    query = urlencode([*_kept(plan), *said, *((SERVICES, service) for service in chosen)])
    able = for_organisations(identity.capacities_of(request.user))
    return doors_to(f"events/{plan.event.code}/?{query}", able)


# --- Questions ------------------------------------------------------------------------------------------
def _question(plan: BundlePlan, key: str, *, typed: str, tried: bool) -> Field:
    question = next(each for each in plan.questions if each["key"] == key)
    return determinants.field_of(
        question,
        value=typed,
        error=routing.why_unread(question, typed) if tried else "",
        hint=_("Changes: %(services)s") % {"services": _list(_changed_by(plan, key))},
    )


def _changed_by(plan: BundlePlan, key: str) -> list[str]:
    return [localised_plain(each.version.name) for each in plan.members if key in each.state.because]


def _list(texts: Sequence[str]) -> str:
    return _(", ").join(texts)


def _known(request: ApplicantRequest, plan: BundlePlan) -> list[SummaryRow]:
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
        rest.setlist(DOUBT, sorted({*rest.getlist(DOUBT), key}))  # else a register would answer at once
        rows.append(
            SummaryRow(
                localised(question["text"]),
                event_map.answer_words(question, plan.answers[key]),
                source=Source(localised(names.get(fact.register, {"en": fact.register})), fact.as_of) if fact else None,
                action=_("Change"),
                action_url=f"?{rest.urlencode()}",
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


def _wishes(asked: QueryDict) -> Wishes:
    """What the person says against what is known: services to apply for again, and what they have by its number."""
    have = {name.removeprefix(HAVE): str(asked[name]) for name in asked if name.startswith(HAVE)}
    return Wishes.read(asked.getlist(AGAIN), have, asked.getlist(DOUBT))


def _held(held: Held) -> tuple[str, Source]:
    """What there is already in words (its number, for what, until when), and who keeps it since when."""
    number = _("No. %(number)s") % {"number": held.number} if held.number else ""
    until = _("until %(day)s") % {"day": short_date(held.until)} if held.until else ""
    parts = [number, *(str(value) for value in held.about.values()), until]
    return _list([each for each in parts if each]), Source(localised(held.source), held.since)


def _wished(wishes: Wishes) -> list[tuple[str, str]]:
    """The same as hidden fields of a request that asks for something else."""
    again = [(AGAIN, code) for code in sorted(wishes.again)]
    doubted = [(DOUBT, key) for key in sorted(wishes.doubted)]
    return [*again, *doubted, *((f"{HAVE}{code}", number) for code, number in wishes.have.items())]


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
