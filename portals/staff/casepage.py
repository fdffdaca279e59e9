"""The case page in three columns: facts and evidence, the work with its law, clock and history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from egov.casework.models import Case
from egov.casework.queries import CasePage, Changed, ClockView, Moved, letter_draft, material_lines
from egov.documents import rules as documents
from egov.identity import queries as identity
from egov.identity.models import Unit
from egov.intake import queries as forms
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, Text
from egov.kernel.text import LocalisedText, localise
from egov.law import queries as law
from egov.matters import queries as matters
from egov.work import queries as work
from egov.work.queries import StepView
from portals.applicant import answers as words
from portals.applicant.materials import lines_of
from portals.shared.components import Badge, Crumb, Deadline, Message, PlanStep, SummaryRow, Tone
from portals.shared.templatetags.egov_ui import limit, short_date
from portals.staff import acts, keys
from portals.staff.templatetags.desk import state_at_desk

STEP_STATES = {"done": "done", "active": "current", "skipped": "skipped"}
CLOCKS = {
    "promised": lambda: _("Promised"),
    "statutory": lambda: _("By law"),
    "acceptance": lambda: _("To accept"),
    "correction": lambda: _("For the correction"),
    "suspension": lambda: _("Special procedure"),
    "delivery": lambda: _("To deliver"),
}


@dataclass(frozen=True)
class ClockLine:
    name: str
    deadline: Deadline
    limit: str
    used: str
    basis: str
    missed: bool


@dataclass(frozen=True)
class Asked:
    """A question that was answered: what may be listed for correction or shared for an opinion."""

    key: str
    title: Text
    value: Any


def context_of(page: CasePage, *, actor: Actor, failed: str = "", typed: acts.Typed | None = None) -> dict[str, Any]:
    case, capacity = page.case, actor.capacity
    form = forms.form_for(case.version)
    questions = [
        Asked(key, localise(form.by_key[key].title), words.shown(form.by_key[key], page.answers[key]))
        for key in page.answers
        if key in form.by_key
    ]
    act_forms = acts.forms_of(page, failed=failed, typed=typed)
    turned_to = {"ask_opinion", "transfer"} & {each.key for each in act_forms}
    units = _open_units(page) if turned_to else []
    whole = matters.whole_of(case)
    return {
        "case": case,
        "page": page,
        "failed": "",
        "faults": [],
        "stale": False,
        "since": [],
        "lost": [],
        "crumbs": crumbs_of(case, capacity),
        "title": f"{case.applicant.name} · {localise(case.title)}",
        "kind": _("%(service)s, version %(number)s") % {"service": localise(case.title), "number": case.version.number},
        "badges": _badges(page),
        "keys": keys.CASE,
        "sections": words.sections_of(case, files=()),  # files stand under the evidence
        "evidence": lines_of(page),
        "may_fetch": page.may("fetch_evidence"),
        "reasons": case.route.get("reasons", []),
        "whole": whole,
        "leads": whole is not None and whole.matter.lead_id == actor.department_id,
        "steps": _steps(page),
        "clocks": [_clock(clock) for clock in page.clocks],
        "story": [(move, _cited(move.basis)) for move in reversed(page.moves)],
        "thread": _thread(page),
        "may_end": documents.may_end(actor, case.department_id),
        "acts": act_forms,
        "obstacles": acts.obstacles_of(page),
        "others": acts.steps_of_others(page),
        "message_typed": typed["text"] if typed is not None and failed == "send_message" else "",
        "may_write": page.may("send_message"),
        "may_withdraw_opinion": page.may("withdraw_opinion"),
        "changes": [(each, _change_lines(page, each)) for each in reversed(page.changes)],
        "questions": questions,
        "titles": {each.key: each.title for each in questions},
        "askable": _askable(page),
        "clauses": clauses_of(page),
        "units": _advisers(page, units),
        "transfer_units": [(unit.key, _unit_name(unit)) for unit in units],
        "colleagues": _colleagues(page, act_forms),
        "outcomes": _outcomes(page),
        "drafted": _drafted(page, typed if failed in ("draft_decision", "save_draft") else None),
        "second_signature": _second_signature(page),
        "letter": letter_draft(case, page.procedure, page.decision) if page.decision else None,
        "register_elements": any(question.element for question in form.questions),
        "seen": page.moves[-1].id if page.moves else 0,
        "file_url": reverse("staff:case", args=[capacity, case.reference]) + "files/",
    }


def crumbs_of(case: Case, capacity: str, *further: str) -> list[Crumb]:
    """Inbox, case, and the page below it."""
    crumbs = [Crumb(_("Inbox"), reverse("staff:inbox", args=[capacity]))]
    url = reverse("staff:case", args=[capacity, case.reference]) if further else ""
    return [*crumbs, Crumb(case.reference, url), *(Crumb(title) for title in further)]


def _badges(page: CasePage) -> list[Badge]:
    case = page.case
    badges = [Badge(state_at_desk(case), Tone.NOTE)]
    running = [clock for clock in page.clocks if clock.stopped_at is None]
    badges = [_deadline(clock).badge for clock in running if clock.kind != "statutory"][:1] + badges
    if case.outcome:
        badges.append(Badge(case.get_outcome_display(), Tone.MISS if case.outcome == "refused" else Tone.OK))
    if case.overdue_at:
        badges.append(Badge(_("Promise missed, reported"), Tone.MISS))
    if case.about:
        badges.append(Badge(_("Contests %(case)s") % {"case": case.about}, Tone.RISK))
    if case.handler:
        badges.append(Badge(_("in the hands of %(name)s") % {"name": case.handler.person.party.name}))
    return badges


# --- Facts ---------------------------------------------------------------------------------------------


def _askable(page: CasePage) -> list[tuple[str, LocalisedText]]:
    """The materials that the applicant can be asked for: its own, and what registers did not give."""
    missing = {line.key for line in material_lines(page) if line.is_missing}
    return [
        (material["key"], material["name"])
        for material in page.case.version.materials
        if material.get("source") == "applicant" or material["key"] in missing
    ]


@dataclass(frozen=True)
class ChangeLine:
    """One answer that the applicant corrects."""

    title: Text
    before: Any
    after: Any


def _change_lines(page: CasePage, change: Changed) -> list[ChangeLine]:
    form = forms.form_for(page.case.version)
    return [
        ChangeLine(
            localise(form.by_key[key].title),
            words.shown(form.by_key[key], change.before.get(key)),
            words.shown(form.by_key[key], value),
        )
        for key, value in change.answers.items()
        if key in form.by_key
    ]


# --- Work ------------------------------------------------------------------------------------------------


def _steps(page: CasePage) -> list[PlanStep]:
    return [_step(step) for step in page.work.steps] if page.work else []


def _step(step: StepView) -> PlanStep:
    return PlanStep(
        title=localise(step.definition.title),
        state=STEP_STATES.get(step.state, "todo"),
        note=" · ".join(filter(None, _step_notes(step))),
        when=short_date(step.finished_at) if step.finished_at else _until(step),
    )


def _until(step: StepView) -> str:
    return _("now") if step.state == "active" else ""


def _step_notes(step: StepView) -> list[str]:
    item, definition = step.item, step.definition
    notes = []
    if step.outcome:
        told = definition.outcome(step.outcome)
        notes.append(localise(told.title) if told and told.title else "")
    if item is not None:
        who = item.done_by or item.assignee
        notes.append(who.person.party.name if who else _("waits to be claimed"))
        notes.append(item.note)
    elif definition.limit is not None:
        notes.append(str(limit(definition.limit.n, definition.limit.unit)))
    if definition.four_eyes and step.state != "done":
        notes.append(_("by someone who took no part in an earlier step"))
    if step.round > 1:
        notes.append(_("round %(n)s") % {"n": step.round})
    return notes


def _second_signature(page: CasePage) -> bool:
    """Whether a signature follows the draft; without one, whoever writes the decision makes it."""
    steps = page.work.steps if page.work else []
    return any(step.definition.kind == "sign" and step.state != "done" for step in steps)


def _outcomes(page: CasePage) -> list[tuple[str, str]]:
    terms = page.procedure.terms
    outcomes = [("granted", localise(terms.get("grant")) or _("Grant"))]
    if page.procedure.can_refuse:
        outcomes += [("partly", _("Grant in part")), ("refused", localise(terms.get("refuse")) or _("Refuse"))]
    return outcomes


@dataclass(frozen=True)
class Clause:
    """A clause the decision may name. ``value`` is what its box sends."""

    value: str
    text: LocalisedText
    chosen: bool


def clauses_of(page: CasePage) -> list[Clause]:
    chosen = {_value(row) for row in page.decision.citations} if page.decision else set()
    known = [Clause(_value(row), text, _value(row) in chosen) for row, text in page.law]
    values = {clause.value for clause in known}
    rows = page.decision.citations if page.decision else []
    further = [
        Clause(_value(row), law.citation_text(row["instrument"], row.get("article", "")), chosen=True)
        for row in rows
        if _value(row) not in values
    ]
    return known + further


def _value(row: Mapping[str, str]) -> str:
    return f"{row['instrument']} {row.get('article', '')}".strip()


def _drafted(page: CasePage, typed: acts.Typed | None) -> acts.Typed:
    """What stands in the editor: what was typed, else the draft, else nothing."""
    if typed is not None:
        return typed
    if page.decision is None or page.decision.signed_at:
        return acts.Typed()
    made = page.decision
    return acts.Typed(outcome=made.outcome, reasons=made.reasons, conditions=made.conditions)


def _colleagues(page: CasePage, act_forms: Sequence[acts.ActForm]) -> list[work.Worker]:
    """With whom a step is done that takes two."""
    if not any(form.step and form.step.persons > 1 for form in act_forms):
        return []
    return work.colleagues(page.case.unit_id)


def _advisers(page: CasePage, units: Sequence[Unit]) -> list[tuple[str, str, str]]:
    """Key, name and purpose: units of the departments that the service names for opinions; any when it names none."""
    roles = {row.get("department_role", ""): localise(row.get("purpose")) for row in page.case.version.opinions}
    named = [
        (unit.key, _unit_name(unit), roles[role])
        for unit in units
        if (role := (unit.department.key or "").rpartition(".")[2]) in roles
    ]
    return named or [(unit.key, _unit_name(unit), "") for unit in units]


def _open_units(page: CasePage) -> Sequence[Unit]:
    """Whom one may turn to: open units of the case's region or above it, but for the one that has the case."""
    units = identity.open_units(identity.region_chain(page.case.region))
    return [each for each in units if each.pk != page.case.unit_id]


def _unit_name(unit: Unit) -> str:
    return f"{localise(unit.department.full_name)} · {localise(unit.name)}"


# --- Clock, history, conversation -----------------------------------------------------------------------


def _clock(clock: ClockView) -> ClockLine:
    name = CLOCKS.get(clock.kind)
    whole = clock.limit + (clock.extended_by or 0)
    used = ""
    if clock.remaining is not None and clock.unit == "wd":
        used = _("%(used)s of %(whole)s used") % {"used": whole - clock.remaining.days, "whole": whole}
    return ClockLine(
        name=name() if name else clock.kind,
        deadline=_deadline(clock),
        limit=str(limit(whole, clock.unit)),
        used=used,
        basis=_("; ").join(_article(each) for each in clock.basis.split("; ") if each),
        missed=clock.missed,
    )


def _article(text: str) -> str:
    """ "cn.licensing-law 32.1" as people read it; what is not written so stays as it is."""
    instrument, _space, article = text.partition(" ")
    try:
        return localise(law.citation_text(instrument, article))
    except NotFound:
        return text


def _deadline(clock: ClockView) -> Deadline:
    if clock.stopped_at:
        return Deadline.done(at=clock.stopped_at, due=clock.due_at)
    if clock.paused_at or clock.remaining is None:
        return Deadline.paused(_("Clock stopped"), clock.due_at)
    return Deadline.running(colour=clock.remaining.colour, days=clock.remaining.days, due=clock.due_at)


def _cited(basis: Sequence[Mapping[str, str]]) -> list[LocalisedText]:
    return [law.citation_text(row["instrument"], row.get("article", "")) for row in basis]


def _thread(page: CasePage) -> list[Message]:
    case = page.case
    return [
        Message(
            author=case.applicant.name if said.from_applicant else (said.by or case.department.party.name),
            at=said.at,
            text=said.text,
            mine=not said.from_applicant,
        )
        for said in page.messages
    ]


def moves_since(page: CasePage, seen: str) -> list[Moved]:
    """What others did since the officer opened the page."""
    return [move for move in page.moves if move.id > int(seen)] if seen.isdecimal() and len(seen) < 19 else []


def name_of(page: CasePage, key: str) -> str:
    """What people call a question or material of the case."""
    form = forms.form_for(page.case.version)
    if key in form.by_key:
        return localise(form.by_key[key].title)
    return next((localise(each["name"]) for each in page.case.version.materials if each["key"] == key), key)


# --- What the registers say -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """An answer beside what a register says of the same thing."""

    row: SummaryRow
    answer: Any
    same: bool
    known: bool


def elements_of(page: CasePage) -> dict[str, str]:
    """Question -> data element, of the questions that a register may know."""
    form = forms.form_for(page.case.version)
    return {question.key: question.element for question in form.questions if question.element}


def compared(page: CasePage, facts: Mapping[str, Any], names: Mapping[str, Any]) -> list[Compared]:
    form = forms.form_for(page.case.version)
    lines = []
    for key, element in elements_of(page).items():
        question, answer, fact = form.by_key[key], page.answers.get(key), facts.get(element)
        source = None
        if fact is not None:
            as_of = fact.as_of.isoformat() if fact.as_of else ""
            source = words.source_of({"as_of": as_of}, names.get(fact.register, fact.register))
        lines.append(
            Compared(
                SummaryRow(
                    localise(question.title),
                    words.shown(question, fact.value) if fact is not None else "",
                    source=source,
                ),
                words.shown(question, answer),
                same=fact is not None and str(fact.value) == str(answer),
                known=fact is not None,
            )
        )
    return lines
