"""Correcting an answer after it was filed: checked by each service's own form, then proposed to each that asked it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import actions as casework
from egov.casework.models import AnswerChange, Case
from egov.intake import queries, rules
from egov.intake.actions import revising
from egov.intake.actions.filing import with_claims
from egov.intake.queries import MatterAnswers, MemberAnswers
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput, NotFound, NotPermitted
from egov.kernel.text import localise
from egov.matters import actions as matters
from egov.matters.actions import Correcting
from egov.routing.queries import RouteChoice


@transaction.atomic
def propose_change(actor: Actor, *, matter: str, answers: Mapping[str, Any], reason: str) -> list[str]:
    """``answers``: under the keys of the matter's one form. Returns the members it reaches.

    Every case that asked for one of them and is not decided gets a proposal, every member that still waits the new
    answer at once; what is decided stays. What the new answers make of the event is noted with the matter. Raises
    ``InvalidInput`` naming what one of the forms does not take, when nothing differs, or when the answer decides a fee;
    ``NotFound``, ``NotPermitted``, ``TransitionNotAllowed``.
    """
    if not reason.strip():
        raise InvalidInput.at("reason", "required", _("Say why; the department will read it."))
    revising.lock_answers(matter)
    found = queries.answers_of(actor, matter=matter)
    given = rules.storable(found.form, answers)
    if any(found.is_shared(found.form.by_key[key]) for key in given if given[key] != found.answers.get(key)):
        raise NotPermitted(_("A service that your mandate does not cover asked for this as well."))
    faults: list[FieldError] = []
    corrections: list[Correcting] = []
    for each in found.members:
        if each.is_open and (changes := _changes(found, each, given)):
            wrong, correction = _judged(found, each, changes)
            faults += wrong
            corrections += [correction] if correction.answers else []
    if faults:
        raise InvalidInput(list({(fault.path, fault.code): fault for fault in faults}.values()))
    if not corrections:
        raise InvalidInput.at("answers", "unchanged", _("Nothing differs from what the departments have."))
    matters.correct_members(actor, matter=matter, corrections=corrections, reason=reason.strip())
    revising.reconsider(actor, found, given)
    return [each.member for each in corrections]


def _changes(found: MatterAnswers, each: MemberAnswers, given: Mapping[str, Any]) -> dict[str, Any]:
    """Under the member's own keys: what it asks for and is told otherwise now."""
    names = found.form.part(each.member.key).names
    own = {key: given[name] for key, name in names.items() if name in given}
    return {key: value for key, value in own.items() if each.answers.get(key) != value}


def _judged(
    found: MatterAnswers, each: MemberAnswers, changes: Mapping[str, Any]
) -> tuple[list[FieldError], Correcting]:
    """What its form objects to, under the merged keys; and all that changes: also what is no longer asked."""
    part = found.form.part(each.member.key)
    before, checked = each.checked({}), each.checked(changes)
    old = {(fault.path, fault.code) for fault in before.faults}
    new_faults = [fault for fault in checked.faults if (fault.path, fault.code) not in old]
    papers = [each.form.by_key[fault.path] for fault in new_faults if _is_paper(each.form, fault.path)]
    faults = [
        FieldError(part.path(fault.path), fault.code, fault.message)
        for fault in new_faults
        if not _is_paper(each.form, fault.path)
    ]
    if papers:  # handed in with what is filed anew
        text = _("With this answer %(service)s needs a paper: %(paper)s. Withdraw that part and file it anew.")
        said = {"service": localise(each.version.name), "paper": localise(papers[0].title)}
        faults += [FieldError(part.names[key], "needs_paper", text % said) for key in changes]
    kept = queries.without_files(each.form, each.answers)
    new = queries.without_files(each.form, checked.answers)
    if message := queries.decides_fee(each.version, kept, new):
        faults += [FieldError(part.names[key], queries.DECIDES_FEE, message) for key in changes]
    changed = {key: new.get(key) for key in {*kept, *new} if new.get(key) != each.answers.get(key)}
    return faults, Correcting(each.member.key, changed, _elsewhere(found, each, kept, new))


def _is_paper(form: rules.Form, path: str) -> bool:
    return path in form.by_key and form.by_key[path].is_file


def _elsewhere(
    found: MatterAnswers, each: MemberAnswers, kept: Mapping[str, Any], new: Mapping[str, Any]
) -> RouteChoice | None:
    """Where a member that waits goes with the ``new`` answers; None when they make no difference: then it keeps the
    rule it was filed under, whatever has become of that since."""
    waiting = each.member.kept if each.case is None else None
    if waiting is None:
        return None
    asked = {"region": waiting.region, "applicant_kind": found.matter.applicant.kind}
    route = queries.route_for(each.version, each.form, new, **asked)
    if route == queries.route_for(each.version, each.form, kept, **asked):
        return None
    return with_claims(route, queries.claims_in(found.matter.reference), each.version.service.code)


def carry_on(actor: Actor, *, matter: str, corrected: Mapping[str, Mapping[str, Any]]) -> dict[str, list[FieldError]]:
    """What departments had put right reaches the other services that asked for it, as any correction does.

    ``corrected``: case → question of its form → new answer. What another department asks to be put right as well is
    answered there; what a form asks besides, its own department asks for: nobody is late with one answer because of
    another. Runs in the caller's act, which holds the matter. Returns by case what stands against it, the fee of
    another service; nothing was carried on then.
    """
    if not any(corrected.values()):
        return {}
    try:
        found = queries.answers_of(actor, matter=matter)
    except NotFound:  # another applicant's: who was registered on its way speaks for no case but its own
        return {}
    by_case = {each.member.case: each for each in found.members if each.member.case in corrected}
    given = _under_merged_keys(found, by_case, corrected)
    asked = queries.asked_there(found)
    faults: list[FieldError] = []
    corrections: list[Correcting] = []
    for each in found.members:
        wanted = {name: value for name, value in given.items() if name not in asked.get(each.member.key, ())}
        if each.is_open and (changes := _changes(found, each, wanted)):
            wrong, correction = _judged(found, each, changes)
            faults += [fault for fault in wrong if fault.code == queries.DECIDES_FEE]
            corrections += [correction] if correction.answers else []
    if not faults:
        if corrections:
            reason = _("Another department asked for this to be put right.")
            matters.correct_members(actor, matter=matter, corrections=corrections, reason=str(reason))
        revising.reconsider(actor, found, given)
    return {
        case: own
        for case, each in by_case.items()
        if (own := _under_own_keys(found.form.part(each.member.key), corrected[case], faults))
    }


def _under_merged_keys(
    found: MatterAnswers, by_case: Mapping[str, MemberAnswers], corrected: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for case, each in by_case.items():
        given |= found.form.told(each.member.key, corrected[case], {**found.answers, **given})
    return given


def _under_own_keys(part: rules.Part, answers: Mapping[str, Any], faults: Sequence[FieldError]) -> list[FieldError]:
    return [
        FieldError(key, fault.code, fault.message)
        for fault in faults
        for key in answers
        if part.names[key] == fault.path
    ]


def accept_change(actor: Actor, *, case: str, note: str = "", lock_version: int | None = None) -> AnswerChange:
    """The officer takes the proposed answers over; the form of the service judges them once more."""
    return casework.accept_change(actor, case=case, judge=_judge, note=note, lock_version=lock_version)


def _judge(case: Case, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    form = queries.form_for(case.version)
    files = queries.files_in(form, answers)
    checked = queries.check_answers(form, queries.without_files(form, answers), files=files)
    known = queries.check_answers(form, queries.without_files(form, case.answers), files=files)
    old = {(fault.path, fault.code) for fault in known.faults}
    faults = [fault for fault in checked.faults if (fault.path, fault.code) not in old]
    if faults:
        raise InvalidInput(faults)
    kept = {key: value for key, value in answers.items() if key not in form.by_key or form.by_key[key].is_file}
    return {**kept, **queries.without_files(form, checked.answers)}
