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
from egov.matters.models import Dependency, Matter, MatterState, Member
from egov.matters.promises import NumberedDays, promise_of
from egov.matters.rules import Needs
from egov.matters.whole import Filed, MemberSpec, case_spec, first_outputs, first_state


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
    language: str = "zh-Hans",
    reference: str = "",
    applicant_name: str = "",
    lead: tuple[int, int] | None = None,
) -> OpenedMatter:
    """Open the whole and a case for every member that waits for nothing. Runs in the caller's transaction.

    The caller has asked for permission and writes the journal (one entry for the whole act). Raises ``GraphError``
    when members wait for each other in a circle. ``lead``: department and unit that answer for the whole.
    """
    reference = reference or references.draw("M")
    needs_of = {spec.key: tuple(spec.depends_on) for spec in members}
    order = {key: place for place, key in enumerate(rules.order_of(needs_of))}
    ready = [spec for spec in members if not spec.depends_on]
    now = clock.now()
    filed = Filed(reference, submission, applicant_id, actor.party_id, actor.capacity, language)
    case_references = {spec.key: references.draw("C") for spec in members}
    specs = [case_spec(filed, spec, case_references[spec.key], applicant_name) for spec in ready]
    cases = casework.open_cases(actor, specs)
    case_of = dict(zip((spec.key for spec in ready), cases, strict=True))
    states = {spec.key: first_state(case_of.get(spec.key)) for spec in members}
    closed = rules.matter_state(states.values()) != MatterState.OPEN
    matter = Matter(
        reference=reference,
        applicant_id=applicant_id,
        filed_by_id=actor.party_id,
        capacity=actor.capacity,
        title=title,
        need=need,
        event=event,
        state=rules.matter_state(states.values()),
        opened_at=now,
        closed_at=now if closed else None,
        lead_id=lead[0] if lead else None,
        lead_unit_id=lead[1] if lead else None,
    )
    rows = [
        member_row(matter, spec, order[spec.key], case_of.get(spec.key), states[spec.key], filed, case_references)
        for spec in members
    ]
    matter.promised_due_at = promised_due_at(rows, needs_of, cases)
    writing.insert([matter])
    for row in rows:
        row.matter = matter  # with its key, when it was written at once
    writing.insert(rows)
    writing.insert(edges_of(matter, members, {row.key: row for row in rows}))
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


def member_row(
    matter: Matter,
    spec: MemberSpec,
    order: int,
    case: Case | None,
    state: str,
    filed: Filed,
    case_references: Mapping[str, str],
) -> Member:
    now = matter.opened_at
    waits = case is None
    return Member(
        matter=matter,
        key=spec.key,
        service_id=spec.version.service_id,
        case=case.reference if case else "",
        state=state,
        order=order,
        optional=spec.optional,
        answers=dict(spec.answers) if waits else {},
        outputs=first_outputs(case),
        route=_kept_until_start(spec, filed, case_references[spec.key]) if waits else {},
        started_at=None if waits else now,
        ended_at=now if state in rules.ENDED else None,
    )


def _kept_until_start(spec: MemberSpec, filed: Filed, reference: str) -> dict[str, Any]:
    """All that opening the case later needs, as it was when the person submitted; its bill names it already."""
    return {
        "case": reference,
        "version": spec.version.pk,
        "sources": dict(spec.sources),
        "files": [list(entry) for entry in spec.files],
        "price": str(spec.price),
        "route": spec.route.as_json(),
        "submission": filed.submission,
        "language": filed.language,
    }


def edges_of(matter: Matter, members: Sequence[MemberSpec], rows: Mapping[str, Member]) -> list[Dependency]:
    return [
        Dependency(
            matter=matter, before=rows[need.before], after=rows[spec.key], group=need.group, passes=dict(need.passes)
        )
        for spec in members
        for need in spec.depends_on
    ]
