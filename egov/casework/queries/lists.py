"""Lists of cases: filtered, bounded, by keyset; searches; what waits for the unit beside its cases."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from egov.casework.models import OPEN_STATES, AnswerChange, Case, CaseState, Decision, OpinionRequest, Outcome, Rating
from egov.casework.queries.access import visible_cases
from egov.casework.rules.ratings import BAD
from egov.catalogue import queries as catalogue
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import Remaining, remaining
from egov.identity import queries as identity
from egov.journal import actions as journal
from egov.kernel import clock, references
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import searched_words

MOST = 100
MOST_SERVICES = 50
PAGE = 50


@dataclass(frozen=True)
class CaseFilters:
    """What the address says; unknown values are ignored. ``state``: a state, or "open", "overdue", "ended"."""

    state: str = ""
    service: str = ""
    unit: int | None = None
    text: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "CaseFilters":
        state, unit = str(values.get("state", "")), str(values.get("unit", ""))
        known = {*CaseState.values, "open", "overdue", "ended"}
        return cls(
            state=state if state in known else "",
            service=str(values.get("service", ""))[:64],
            unit=int(unit) if unit.isdecimal() and len(unit) < 19 else None,
            text=searched_words(str(values.get("q", ""))),
        )


def case_list(actor: Actor, filters: CaseFilters, *, before: int | None = None, size: int = PAGE) -> QuerySet[Case]:
    """Visible cases under ``filters``, newest first; the next page is asked for with the last key as ``before``."""
    cases = cases_under(actor, filters)
    if before is not None:
        cases = cases.filter(pk__lt=before)
    return cases[: min(size, MOST)]


def cases_under(actor: Actor, filters: CaseFilters) -> QuerySet[Case]:
    """Visible cases under ``filters``, newest first, for whoever cuts the page."""
    cases = visible_cases(actor)
    if filters.state == "open":
        cases = cases.filter(state__in=OPEN_STATES)
    elif filters.state == "overdue":
        cases = cases.filter(state__in=OPEN_STATES, promised_due_at__lt=clock.now())
    elif filters.state == "ended":
        cases = cases.exclude(state__in=OPEN_STATES)
    elif filters.state:
        cases = cases.filter(state=filters.state)
    if filters.service:
        cases = cases.filter(service__code=filters.service)
    if filters.unit is not None:
        cases = cases.filter(unit_id=filters.unit)
    if filters.text:
        cases = cases.filter(_says(filters.text))
    return _for_lists(cases)


# What a line of a list tells.
LINE = (
    *("reference", "matter", "title", "state", "outcome", "lock_version"),
    *("received_at", "accepted_at", "promised_due_at", "statutory_due_at", "decided_at", "delivered_at", "closed_at"),
    *("service__code", "applicant__name", "department__key", "unit__key"),
)


def _for_lists(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("service", "applicant", "department", "unit").only(*LINE).order_by("-id")


def summary_of(reference: str) -> Case:
    """The line of a case, for whoever has just acted on it. Raises ``NotFound``."""
    row = _for_lists(Case.objects.filter(reference=reference)).first()
    if row is None:
        raise NotFound
    return row


def record_shown(actor: Actor, cases: Sequence[Case]) -> None:
    """One entry in the journal names what a list showed to civil servants."""
    if actor.is_staff and cases:
        shown = [ref for case in cases for ref in (Ref("case", case.reference), Ref("party", str(case.applicant_id)))]
        journal.record_list(actor, list(dict.fromkeys(shown)))


def _says(text: str) -> Q:
    reference = references.normalise(text)
    return Q(reference=reference) | Q(applicant__name__icontains=text)


@dataclass(frozen=True)
class Missed:
    """A case whose promise was not kept and that is still open."""

    case: Case
    late: Remaining


def missed_deadlines(actor: Actor, *, size: int = PAGE) -> list[Missed]:
    """Open cases past their promise: the unit's, the department's for its head, those of the region and below it for
    data administration; the longest late first. One entry in the journal names them.
    """
    if not actor.is_staff:
        return []
    cases = visible_cases(actor)
    if "supervisor" in actor.roles:
        cases = Case.objects.filter(region__in=identity.regions_under(actor.region_code))
    now = clock.now()
    rows = list(
        cases.filter(state__in=RUNNING, promised_due_at__lt=now)
        .select_related("service", "department", "unit", "handler__person__party")
        .defer("answers", "sources", "route")
        .order_by("promised_due_at", "id")[: min(size, MOST)]
    )
    journal.record_list(actor, [Ref("case", case.reference) for case in rows], reason="supervision")
    return [Missed(case, _late(case, now)) for case in rows]


RUNNING = ["received", "accepted"]  # in the other open states the promise stands still, or is kept


def _late(case: Case, now: dt.datetime) -> Remaining:
    due = case.promised_due_at or now
    return remaining(
        started=case.received_at, due=due, now=now, working_days=deadlines.working_days(case.department_id)
    )


def changes_of(cases: Sequence[Case]) -> list[AnswerChange]:
    """The changes of answers proposed on ``cases``, which the caller may see; newest first. One statement."""
    by_key = {case.pk: case for case in cases}
    rows = list(AnswerChange.objects.filter(case__in=by_key).order_by("-proposed_at", "-id"))
    for row in rows:
        row.case = by_key[row.case_id]
    return rows


def refusals_among(cases: Sequence[Case]) -> list[Decision]:
    """The refusals of ``cases``, which the caller may see, in their order. One statement, none when nothing is refused."""
    refused = {case.pk: case for case in cases if case.outcome == Outcome.REFUSED}
    found = {row.case_id: row for row in Decision.objects.filter(case__in=refused)} if refused else {}
    for key, row in found.items():
        row.case = refused[key]
    return [found[key] for key in refused if key in found]


def search(actor: Actor, text: str, *, limit: int = 20) -> list[Case]:
    """Staff look for a case by its number, an identity number or credit code, a name, or a service (by its code or a
    part of its name), in their own department.

    A number of a person is never matched in part. One entry in the journal names what was shown. Opening a case of
    another unit still takes a reason.
    """
    words = searched_words(text)
    if not actor.is_staff or not words:
        return []
    cases = Case.objects.filter(department_id=actor.department_id)
    if "supervisor" in actor.roles:
        cases = Case.objects.all()
    found = list(
        _matching(cases, words)
        .select_related("service", "applicant", "department", "unit")
        .defer("answers", "sources", "route")
        .order_by("-id")[: min(limit, MOST)]
    )
    shown = [ref for case in found for ref in (Ref("case", case.reference), Ref("party", str(case.applicant_id)))]
    journal.record_list(actor, list(dict.fromkeys(shown)), reason="search")
    return found


def _matching(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    reference = references.normalise(words)
    if references.is_valid(reference):
        return cases.filter(Q(reference=reference) | Q(matter=reference) | Q(submission=reference))
    party_id = _party_with(reference)
    if party_id is not None:
        return cases.filter(applicant_id=party_id)
    if len(words) < 2:
        return cases.none()
    return cases.filter(Q(applicant__name__icontains=words) | Q(service__in=_services_named(words)))


def _services_named(words: str) -> list[int]:
    """Few, and known before the cases are looked at: their index finds the rows."""
    named = Q(service__code__iexact=words) | Q(name__icontains=words)
    return list(catalogue.services(enabled=None).filter(named).values_list("service_id", flat=True)[:MOST_SERVICES])


def _party_with(number: str) -> int | None:
    if len(number) != 18:
        return None
    found = (identity.party_by_number(scheme, number) for scheme in ("cn.ric", "cn.uscc"))
    return next((party.pk for party in found if party is not None), None)


def opinions_asked(actor: Actor, *, answered: bool = False) -> QuerySet[OpinionRequest]:
    """Opinions asked of the actor's unit (of the whole department for its head), the most urgent first."""
    if not actor.is_staff:
        return OpinionRequest.objects.none()
    asked = OpinionRequest.objects.filter(department_id=actor.department_id, withdrawn_at__isnull=True)
    if "department_head" not in actor.roles:
        asked = asked.filter(unit_id=actor.own_unit_id)
    asked = asked.filter(answered_at__isnull=not answered)
    return asked.select_related(
        "case", "unit", "asked_by__unit__department", "asked_by__person__party", "answered_by__person__party"
    ).order_by("-answered_at" if answered else "due_at", "id")


def ratings_to_handle(actor: Actor, *, settled: bool = False) -> QuerySet[Rating]:
    """Bad ratings of the unit's cases (of all cases for data administration), those without an answer first."""
    ratings = Rating.objects.filter(grade__in=BAD)
    if not actor.is_staff:
        return ratings.none()
    if "supervisor" not in actor.roles:
        ratings = ratings.filter(case__in=visible_cases(actor))
    done = Q(rectified_at__isnull=False) | Q(verified=False)
    ratings = ratings.filter(done) if settled else ratings.exclude(done)
    return ratings.select_related("case__service", "case__department", "case__unit", "case__applicant").order_by(
        "-at" if settled else "at"
    )
