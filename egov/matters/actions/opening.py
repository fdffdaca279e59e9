"""Opening what was asked for as one whole, with a case for every member that waits for nothing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from egov.casework import actions as casework
from egov.casework.models import Case
from egov.kernel import clock, references, writing
from egov.kernel.actor import Actor
from egov.kernel.text import LocalisedText
from egov.matters import rules
from egov.matters.models import Dependency, Matter, MatterState, Member, PendingFile, PendingMember
from egov.matters.promises import NumberedDays, promise_of
from egov.matters.rules import Needs
from egov.matters.whole import Filed, MemberSpec, OutsideSpec, case_spec, first_outputs, first_state, routed


@dataclass(frozen=True)
class OpenedMatter:
    """``references``: member → its case, also of one that is opened later."""

    matter: Matter
    cases: tuple[Case, ...]
    references: Mapping[str, str]


def open_matter(
    actor: Actor,
    *,
    applicant_id: int,
    title: LocalisedText,
    members: Sequence[MemberSpec],
    submission: str = "",
    need: str = "",
    event: str = "",
    event_version: int | None = None,
    determinants: Mapping[str, Any] | None = None,
    language: str = "zh-Hans",
    reference: str = "",
    applicant_name: str = "",
    lead: tuple[int, int] | None = None,
    outside: Sequence[OutsideSpec] = (),
) -> OpenedMatter:
    """Open the whole and a case for every member that waits for nothing. Runs in the caller's transaction.

    The caller has asked for permission and writes the journal (one entry for the whole act). Raises ``GraphError``
    when members wait for each other in a circle. ``lead``: department and unit that answer for the whole.
    ``determinants``: the answers that chose the members among those of ``event_version``.
    ``outside``: what somebody else files; a member may wait for it.
    """
    reference = reference or references.draw("M")
    needs_of: dict[str, Sequence[Needs]] = {each.key: () for each in outside}
    needs_of |= {spec.key: tuple(spec.depends_on) for spec in members}
    order = {key: place for place, key in enumerate(rules.order_of(needs_of))}
    ready = [spec for spec in members if not spec.depends_on]
    now = clock.now()
    filed = Filed(reference, submission, applicant_id, actor.party_id, actor.capacity, language)
    case_references = {spec.key: references.draw("C") for spec in members}
    specs = [case_spec(filed, spec, case_references[spec.key], applicant_name) for spec in ready]
    cases = casework.open_cases(actor, specs)
    case_of = dict(zip((spec.key for spec in ready), cases, strict=True))
    state = rules.matter_state(first_state(case_of.get(spec.key)) for spec in members)
    matter = Matter(
        reference=reference,
        applicant_id=applicant_id,
        filed_by_id=actor.party_id,
        capacity=actor.capacity,
        title=title,
        need=need,
        event=event,
        event_version_id=event_version,
        determinants=dict(determinants or {}),
        state=state,
        opened_at=now,
        closed_at=None if state == MatterState.OPEN else now,
        lead_id=lead[0] if lead else None,
        lead_unit_id=lead[1] if lead else None,
    )
    rows = [member_row(matter, spec, order[spec.key], case_of.get(spec.key)) for spec in members]
    others = [outside_row(matter, each, order[each.key]) for each in outside]
    waiting = [
        (pending_of(row, spec, filed, case_references[spec.key]), spec.files)
        for row, spec in zip(rows, members, strict=True)
        if spec.key not in case_of
    ]
    matter.promised_due_at = promised_due_at([*rows, *others], needs_of, cases)
    writing.insert([matter])
    for row in (*rows, *others):
        row.matter = matter  # with its key, when it was written at once
    writing.insert([*rows, *others])
    keep(waiting)
    writing.insert(edges_of(matter, needs_of, {row.key: row for row in (*rows, *others)}))
    return OpenedMatter(matter, tuple(cases), case_references)


def promised_due_at(
    rows: Sequence[Member],
    needs_of: Mapping[str, Sequence[Needs]],
    cases: Sequence[Case],
    days: NumberedDays | None = None,
) -> dt.datetime | None:
    """What a matter that was just opened promises. ``days``: counted from the day of it; None: from today."""
    if len(rows) == 1:
        return cases[0].promised_due_at
    ordered = sorted(rows, key=lambda row: row.order)
    return promise_of(ordered, needs_of, {case.reference: case for case in cases}, {}, days).promised_due_at


def member_row(matter: Matter, spec: MemberSpec, order: int, case: Case | None) -> Member:
    state = first_state(case)
    return Member(
        matter=matter,
        key=spec.key,
        service_id=spec.version.service_id,
        case=case.reference if case else "",
        state=state,
        order=order,
        optional=spec.optional,
        outputs=first_outputs(case),
        started_at=None if case is None else matter.opened_at,
        ended_at=matter.opened_at if state in rules.ENDED else None,
    )


def outside_row(matter: Matter, spec: OutsideSpec, order: int = 0) -> Member:
    return Member(matter=matter, key=spec.key, service=spec.version.service, by=spec.by, order=order)


def pending_of(member: Member, spec: MemberSpec, filed: Filed, reference: str) -> PendingMember:
    """All that opening the case of ``member`` later needs, under the reference it will have."""
    return PendingMember(
        member=member,
        case=reference,
        version=spec.version,
        answers=dict(spec.answers),
        sources=dict(spec.sources),
        price=spec.price,
        submission=filed.submission,
        language=filed.language,
        **routed(spec.route),
    )


def keep(waiting: Sequence[tuple[PendingMember, Sequence[tuple[str, int]]]]) -> None:
    """Write what members wait with, each with its files (material, id of the stored file)."""
    for row, _files in waiting:
        row.member = row.member  # with its key, when it was written at once
    writing.insert([row for row, _files in waiting])
    writing.insert(
        [
            PendingFile(pending=row, material=material, file_id=file)
            for row, files in waiting
            for material, file in files
        ]
    )


def edges_of(matter: Matter, needs_of: Mapping[str, Sequence[Needs]], rows: Mapping[str, Member]) -> list[Dependency]:
    return [
        Dependency(matter=matter, before=rows[need.before], after=rows[key], group=need.group, passes=dict(need.passes))
        for key, needs in needs_of.items()
        for need in needs
    ]
