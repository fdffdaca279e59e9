"""Life and business events: listed, composed in versions, tried out, approved by a second person, published."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.catalogue import actions, queries
from egov.catalogue.models import EVENT_KINDS, EventVersion, ServiceVersion
from egov.intake import queries as intake
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.kernel.text import LocalisedText
from egov.law.rules import names_in
from egov.routing import queries as routing
from egov.routing.queries import BundlePlan, PlannedMember, Why
from portals.console import acts, readable
from portals.console import event_forms as forms
from portals.console.access import ConsoleRequest, administrators, event_version_of
from portals.console.differences import ShownDifference, grouped, shown_differences
from portals.console.forms import ConfirmForm, ReasonForm, region_choices
from portals.console.given import Answers
from portals.console.samples import sample, samples
from portals.console.views.acting import crumbs, form_page, posted, posted_to, revision_read, url
from portals.shared import event_map
from portals.shared.components import Crumb
from portals.shared.templatetags.egov_ui import limit, localised_plain

PUBLISHED = gettext_lazy("Published: people find it from now on.")
WITHDRAWN = gettext_lazy("Out of force: nobody finds or begins it any more; what was begun goes on.")
ACTS: dict[str, tuple[Callable[..., EventVersion], Callable[[EventVersion], Any]]] = {
    "review": (actions.review_event, lambda _row: gettext_lazy("Approved. Somebody may publish it now.")),
    "publish": (actions.publish_event, lambda row: WITHDRAWN if row.withdraws else PUBLISHED),
}
WHY = {
    Why.APPLIES: (gettext_lazy("applies"), "ok"),
    Why.OPTIONAL: (gettext_lazy("may be added"), "note"),
    Why.OPEN: (gettext_lazy("depends on an answer"), "wait"),
    Why.NOT_NEEDED: (gettext_lazy("not needed"), "plain"),
    Why.HELD: (gettext_lazy("held already"), "done"),
    Why.CLAIMED: (gettext_lazy("said to be held"), "done"),
    Why.ELSEWHERE: (gettext_lazy("filed elsewhere"), "plain"),
    Why.OTHER_PARTY: (gettext_lazy("somebody else files it"), "plain"),
}


@require_GET
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    chosen = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "kind")}
    context = {
        "lines": queries.events_for_console(kind=chosen["kind"], text=chosen["q"]),
        "chosen": chosen,
        "kinds": EVENT_KINDS,
        "functions": queries.functions(),
        "crumbs": crumbs(request),
    }
    return render(request, "console/events.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def new(request: ConsoleRequest, capacity: str) -> HttpResponse:
    actor = request.actor
    form = forms.NewEventForm(posted_to(request), actor=actor)

    def act(data: dict[str, Any]) -> EventVersion:
        if queries.event_versions(data["code"]).exists():
            raise InvalidInput.at("code", "taken", _("This code is taken already."))
        return actions.draft_event(actor, code=data["code"], changes=form.changes())

    return form_page(
        request,
        form=form,
        act=act,
        context={
            "title": _("A new event"),
            "lead": _("First what it is called. On the next page you put its services together."),
            "submit": _("Go on to its services"),
            "wide": True,
            "crumbs": _above(request),
        },
        done=_("The draft is kept. Nobody finds it before it is published."),
        back=url(request, "events"),
        next_page=lambda row: url(request, "event_version", row.code, row.number),
    )


@require_GET
@administrators
def detail(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    versions = list(queries.event_versions(code))
    if not versions:
        raise NotFound()
    in_force = queries.event_in_force(versions)
    context = {
        "code": code,
        "versions": readable.with_writers(versions),
        "in_force": in_force,
        "shown": in_force or versions[0],
        "in_work": next((row for row in versions if row.is_in_work and not row.is_shipped), None),
        "lead": queries.functions().get((in_force or versions[0]).lead_role),
        "may": queries.may_compose(request.actor, (in_force or versions[0]).lead_role),
        "changes": acts.of_event(code),
        "crumbs": _above(request),
    }
    return render(request, "console/event.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def draft(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    """Begin the next version from the one in force."""
    if not queries.event_versions(code).exists():
        raise NotFound()
    return form_page(
        request,
        form=forms.NextVersionForm(posted_to(request)),
        act=lambda data: actions.draft_event(
            request.actor,
            code=code,
            changes={},
            change_reason=data["change_reason"],
        ),
        context={
            "title": _("Write a new version"),
            "subject": code,
            "lead": _("It starts as the version in force. Nothing changes for anybody before it is published."),
            "submit": pgettext("a version", "Begin"),
            "crumbs": _above(request, code),
        },
        done=_("The draft is kept. Nobody finds it before it is published."),
        back=url(request, "event", code),
        next_page=lambda row: url(request, "event_version", row.code, row.number),
    )


@require_http_methods(["GET", "POST"])
@administrators
def withdraw(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    """Ask that the event be taken out of force: a version that says so, for somebody else to approve."""
    versions = list(queries.event_versions(code))
    if not versions:
        raise NotFound()
    in_force = queries.event_in_force(versions) or versions[0]
    if not queries.may_compose(request.actor, in_force.lead_role):
        raise NotPermitted()
    return form_page(
        request,
        form=ReasonForm(posted_to(request)),
        act=lambda data: actions.draft_withdrawal(request.actor, code=code, reason=data["reason"]),
        context={
            "title": _("Take the event out of force"),
            "subject": in_force.name,
            "lead": _(
                "Nobody finds or begins it any more; its page says so and names its services one by one. What was begun "
                "or filed goes on. It is so once somebody else has approved it and it is published."
            ),
            "submit": _("Ask for approval"),
            "danger": True,
            "crumbs": _above(request, code),
        },
        done=_("Kept. Somebody else has to approve it."),
        back=url(request, "event", code),
        next_page=lambda row: url(request, "event_version", row.code, row.number),
    )


@require_POST
@administrators
def act(request: ConsoleRequest, capacity: str, code: str, number: int, act: str) -> HttpResponse:
    row = event_version_of(request, code, number)
    if act not in ACTS:
        raise NotFound()
    action, done = ACTS[act]
    return posted(
        request,
        act=lambda: action(request.actor, version_id=row.pk, revision=revision_read(request)),
        done=done,
        back=url(request, "event_version", code, number),
    )


@require_http_methods(["GET", "POST"])
@administrators
def discard(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    row = event_version_of(request, code, number)
    others = queries.event_versions(code).exclude(pk=row.pk).exists()
    return form_page(
        request,
        form=ConfirmForm(posted_to(request)),
        act=lambda _data: actions.discard_event(request.actor, version_id=row.pk),
        context={
            "title": _("Throw away version %(number)d") % {"number": number},
            "subject": row.name,
            "lead": _("What was composed here is gone then. What is in force stays."),
            "submit": _("Throw away"),
            "danger": True,
            "crumbs": _above(request, code, number),
        },
        done=_("Thrown away."),
        back=url(request, "event", code) if others else url(request, "events"),
    )


# --- One version: the composer --------------------------------------------------------------------------
@dataclass(frozen=True)
class Member:
    """A service of the event, as the list view says it. ``after``: what it waits for, in words."""

    code: str
    name: str
    department: str
    optional: bool
    when: str
    elsewhere: str
    anew: bool
    by: str
    after: Sequence[str]
    fileable: bool
    time: str
    url: str


@require_GET
@administrators
def version(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    """Graph and list of the services, the questions, the one form and what it saves, and what differs."""
    row = queries.event_version(code, number)
    actor = request.actor
    may = queries.may_work_on(actor, row)
    versions = queries.published_many(str(each["service"]) for each in row.definition.get("members", ()))
    base = _compared_with(request, row)
    ahead = intake.form_ahead(row.definition)
    given = row.definition.get("given", {})
    answers = Answers(ahead, {*given, *(base.definition.get("given", {}) if base else ())})
    edits = may and row.is_in_work and not row.withdraws
    context = {
        "version": readable.with_writers([row])[0],
        "edits": edits,
        "may": may,
        "mine": actor.party_id in row.writer_ids,
        "lead": queries.functions().get(row.lead_role),
        "members": _members(request, row, versions, edits=edits),
        "departments": len({localised_plain(each.department_name) for each in versions.values()}),
        "graph": _graph(request, row, versions, edits=edits),
        "longest_path": row.definition.get("longest", {}).get("path", []),
        "questions": [_question(request, row, each) for each in row.definition.get("questions", ())],
        "ahead": ahead,
        "given": answers.rows(given),
        "faults": [_located(request, row, fault) for fault in actions.faults_of_event(row)] if row.is_in_work else [],
        "last_replay": intake.last_replay(code, row.pk),
        "base": base,
        "others": queries.event_versions(code).exclude(pk=row.pk).values_list("number", flat=True)[:20],
        "groups": _differences(base, row, answers) if base else [],
        "crumbs": _above(request, code),
    }
    return render(request, "console/event_version.html", context)


def _differences(base: EventVersion, row: EventVersion, answers: Answers) -> list[tuple[Any, list[ShownDifference]]]:
    changes = answers.in_words(queries.event_differences(base, row))
    shown = shown_differences(
        list(changes), queries.event_content(base), queries.event_content(row), names=answers.names()
    )
    return grouped(shown)


def _members(
    request: ConsoleRequest, row: EventVersion, versions: Mapping[str, ServiceVersion], *, edits: bool
) -> list[Member]:
    event = row.as_event()
    by = dict(forms.OTHERS)
    return [
        Member(
            code=str(each["service"]),
            name=localised_plain(found.name) if found else _("no version in force"),
            department=localised_plain(found.department_name) if found else "",
            optional=bool(each.get("optional")),
            when=event_map.when_in_words(event, str(each.get("when", ""))),
            elsewhere=event_map.elsewhere_in_words(event, str(each.get("elsewhere", ""))),
            anew=bool(each.get("anew")),
            by=str(by.get(each["by"], each["by"])) if each.get("by") else "",
            after=_after(row, str(each["service"]), versions),
            fileable=bool(found and found.is_fileable),
            time=_promised(found) if found else "",
            url=_member_url(request, row, str(each["service"]), edits=edits),
        )
        for each in row.definition.get("members", ())
        for found in [versions.get(str(each["service"]))]
    ]


def _after(row: EventVersion, service: str, versions: Mapping[str, ServiceVersion]) -> list[str]:
    """What a member waits for; alternatives in one line."""
    groups: dict[str, list[str]] = {}
    for edge in row.definition.get("edges", ()):
        if edge["to"] == service:
            name = localised_plain(versions[edge["from"]].name) if edge["from"] in versions else str(edge["from"])
            groups.setdefault(str(edge.get("any_of") or edge["from"]), []).append(name)
    return [_(" or ").join(names) for names in groups.values()]


def _member_url(request: ConsoleRequest, row: EventVersion, service: str, *, edits: bool) -> str:
    if edits:
        return url(request, "event_member", row.code, row.number, service)
    return url(request, "service", service)


def _graph(
    request: ConsoleRequest, row: EventVersion, versions: Mapping[str, ServiceVersion], *, edits: bool
) -> event_map.Graph | None:
    event = row.as_event()
    return event_map.graph_of(
        event,
        event_map.stages_of(event, versions),
        versions,
        note_of=lambda found: localised_plain(found.department_name),
        url_of=lambda service: _member_url(request, row, service, edits=edits),
        always=True,
    )


def _promised(found: ServiceVersion) -> str:
    return limit(found.promised_limit, found.promised_unit) if found.promised_limit else _("on the spot")


def _question(request: ConsoleRequest, row: EventVersion, question: Mapping[str, Any]) -> dict[str, Any]:
    key = str(question["key"])
    return {
        "key": key,
        "text": question.get("text", {}),
        "type": dict(forms.QUESTION_TYPES).get(question.get("type", ""), question.get("type")),
        "choices": [each.get("text", {}) for each in question.get("choices", ())],
        "element": question.get("element", ""),
        "when": event_map.when_in_words(row.as_event(), str(question.get("when", ""))),
        "decides": [
            str(each["service"])
            for each in row.definition.get("members", ())
            if key in names_in(str(each.get("when", "")))
        ],
    }


def _located(request: ConsoleRequest, row: EventVersion, fault: Any) -> tuple[str, str, str]:
    """Where a fault is mended, in words and as an address, and what it is."""
    steps = fault.path.split("/")
    definition = row.definition
    if steps[:2] in (["definition", "members"], ["definition", "edges"]) and len(steps) > 2:
        named = definition[steps[1]][int(steps[2])]
        service = named.get("service") or named.get("to")
        if any(each["service"] == service for each in definition.get("members", ())):
            return service, url(request, "event_member", row.code, row.number, service), str(fault.message)
    if steps[:2] == ["definition", "questions"] and len(steps) > 2:
        question = definition["questions"][int(steps[2])]
        where = localised_plain(question.get("text", {})) or str(question["key"])
        return where, url(request, "event_question", row.code, row.number, question["key"]), str(fault.message)
    if steps[:2] == ["definition", "given"] and len(steps) > 2:
        return steps[2], url(request, "event_given", row.code, row.number, steps[2]), str(fault.message)
    if steps[0] == "definition":
        return _("Services"), url(request, "event_members", row.code, row.number), str(fault.message)
    return _("Texts"), url(request, "event_texts", row.code, row.number), str(fault.message)


def _compared_with(request: ConsoleRequest, row: EventVersion) -> EventVersion | None:
    wanted = request.GET.get("with", "")
    if wanted.isdecimal() and len(wanted) < 9:
        return queries.event_version(row.code, int(wanted))
    return queries.event_version_before(row)


# --- Trying out -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tried:
    """What became of a service for the sample."""

    code: str
    name: LocalisedText
    badge: tuple[Any, str]
    reasons: Sequence[tuple[str, str]]
    due_at: Any
    waits_for: Sequence[str]


@require_GET
@administrators
def try_out(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    """A dry run for a sample applicant: which services, why, what is still asked, and by when."""
    row = queries.event_version(code, number)
    actor = request.actor
    questions = row.definition.get("questions", [])
    versions = queries.published_many(str(each["service"]) for each in row.definition.get("members", ()))
    optional = [
        (str(each["service"]), localised_plain(versions[str(each["service"])].name))
        for each in row.definition.get("members", ())
        if each.get("optional") and str(each["service"]) in versions
    ]
    given: dict[str, Any] = {"sample": "person", "region": actor.region_code, **request.GET.dict()}
    if optional:
        given["services"] = request.GET.getlist("services")
    form = forms.TryForm(
        given,
        samples=[(each.key, each.title) for each in samples()],
        regions=region_choices(),
        questions=questions,
        optional=optional,
    )
    context: dict[str, Any] = {"version": row, "form": form, "crumbs": _above(request, code, number)}
    if form.is_valid():
        data = form.cleaned_data
        chosen = sample(data["sample"])
        answers = {
            str(each["key"]): value
            for each in questions
            if (value := routing.read_answer(each, data.get(f"q_{each['key']}"))) is not None
        }
        plan, ahead = intake.try_event(
            actor,
            event=row.as_event(),
            answers=answers,
            services=data.get("services", ()),
            region=data["region"],
            applicant_kind=chosen.kind,
            sample=chosen.actor,
        )
        context |= {
            "plan": plan,
            "ahead": ahead,
            "tried": _tried(plan, ahead),
            "known": [
                (each["text"], event_map.answer_words(each, plan.facts[str(each["key"])].value))
                for each in questions
                if str(each["key"]) in plan.facts
            ],
            "to_ask": [each["text"] for each in questions if str(each["key"]) in plan.to_ask],
        }
    return render(request, "console/event_try.html", context)


def _tried(plan: BundlePlan, ahead: intake.BundleAhead | None) -> list[Tried]:
    by_service = {each.service: each for each in ahead.members} if ahead else {}
    names = {each.service: localised_plain(each.version.name) for each in plan.members}
    return [
        Tried(
            each.service,
            each.version.name,
            WHY[each.why],
            _reasons(plan, each),
            found.due_at if (found := by_service.get(each.service)) else None,
            [names[code] for code in found.waits_for] if found else (),
        )
        for each in plan.members
    ]


def _reasons(plan: BundlePlan, member: PlannedMember) -> list[tuple[str, str]]:
    questions = {str(each["key"]): each for each in plan.questions}
    return [
        (localised_plain(questions[key]["text"]), event_map.answer_words(questions[key], plan.answers[key]))
        for key in member.state.because
        if key in plan.answers
    ]


def _above(request: ConsoleRequest, code: str = "", number: int = 0) -> list[Crumb]:
    way = [(_("Events"), url(request, "events"))]
    if code:
        way.append((code, url(request, "event", code)))
    if number:
        way.append((_("version %(number)d") % {"number": number}, url(request, "event_version", code, number)))
    return crumbs(request, *way)
