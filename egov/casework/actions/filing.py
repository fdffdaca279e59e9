"""Opening cases, and what follows when the fee is paid."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import deciding, moving, opening
from egov.casework import facts as casework_facts
from egov.casework.models import Case, CaseFile, CaseState, Transition
from egov.casework.rules.lifecycle import TRANSITIONS
from egov.catalogue.models import ServiceVersion
from egov.contracts.cases import CaseOpened
from egov.deadlines import actions as deadlines
from egov.identity.models import Party
from egov.journal import actions as journal
from egov.kernel import clock, outbox, references, writing
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.law import queries as law
from egov.law.rules import ProcedureDefinition
from egov.work import actions as work

DEFAULT_PROCEDURE = "public_service"
CONTESTED = "case.contested"


class Route(Protocol):
    """What a case keeps of the way that led it to its unit (``routing.RouteChoice``)."""

    @property
    def department_id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def region(self) -> str: ...
    def as_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class CaseSpec:
    """A case to open. ``files``: (material, id of the stored file). ``about``: the case whose decision is contested."""

    version: ServiceVersion
    applicant_id: int
    filed_by_id: int | None
    capacity: str
    matter: str
    route: Route
    answers: Mapping[str, Any]
    sources: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[tuple[str, int]] = ()
    submission: str = ""
    price: Decimal = Decimal(0)
    paid: bool = False  # before the case was opened, as part of a bill for several
    language: str = "zh-Hans"
    title: LocalisedText | None = None
    reference: str = ""
    about: str = ""
    applicant_name: str = ""


@dataclass
class Opening:
    """A case being opened, with what is written for all of them at once."""

    case: Case
    procedure: ProcedureDefinition
    files: Sequence[tuple[str, int]] = ()
    applicant_name: str = ""


def open_case(actor: Actor, *, spec: CaseSpec) -> Case:
    """One case, with its own journal entry and event; otherwise as :func:`open_cases`."""
    with transaction.atomic():
        (case,) = open_cases(actor, [spec])
        if not actor.is_system:
            _announce(actor, [case])
    return case


def open_cases(actor: Actor, specs: Sequence[CaseSpec]) -> list[Case]:
    """Open cases with their files, story, clocks and items, in one statement and in the caller's transaction.

    The caller has asked for permission and keeps the journal and the events of the whole submission; what the system
    opens by itself is recorded and told here. A case with a price waits for its payment; one of an instant service is
    decided at once when its table grants. Raises ``InvalidInput`` for a case contested out of time.
    """
    now = clock.now()
    openings = [prepare(spec, now) for spec in specs]
    names = _names(specs)
    for each in openings:
        each.applicant_name = names[each.case.applicant_id]
    with writing.together():
        cases = writing.insert([each.case for each in openings])
        writing.insert(
            [
                CaseFile(case=each.case, material=material, file_id=file_id, added_at=now)
                for each in openings
                for material, file_id in each.files
            ]
        )
        writing.insert([_first_move(actor, each, now) for each in openings])
        _contest(actor, openings, now)
        _receive(actor, [each for each in openings if each.case.state == CaseState.RECEIVED])
        if actor.is_system:
            _announce(actor, cases)
    return cases


def _names(specs: Sequence[CaseSpec]) -> dict[int, str]:
    """What the applicants are called; read when the caller does not say it."""
    names = {spec.applicant_id: spec.applicant_name for spec in specs}
    missing = [party for party, name in names.items() if not name]
    if missing:
        names.update(Party.objects.filter(pk__in=missing).values_list("pk", "name"))
    return names


def prepare(spec: CaseSpec, now: dt.datetime) -> Opening:
    version, route = spec.version, spec.route
    procedure = law.procedure(version.procedure or DEFAULT_PROCEDURE)
    case = Case(
        reference=spec.reference or references.draw("C"),
        matter=spec.matter,
        submission=spec.submission,
        about=spec.about or references.normalise(str(spec.answers.get(_contested_field(version), "") or "")),
        service=version.service,
        version=version,
        procedure=procedure.key,
        procedure_version=procedure.version,
        applicant_id=spec.applicant_id,
        filed_by_id=spec.filed_by_id,
        capacity=spec.capacity[:40],
        title=spec.title or version.name,
        department_id=route.department_id,
        unit_id=route.unit_id,
        region=route.region,
        route=route.as_json(),
        state=CaseState.SUBMITTED if spec.price > 0 and not spec.paid else CaseState.RECEIVED,
        answers=dict(spec.answers),
        sources=dict(spec.sources),
        price=spec.price,
        language=spec.language,
        received_at=now,
    )
    if case.state == CaseState.RECEIVED:
        _expect(case, procedure, now)
    return Opening(case, procedure, spec.files, spec.applicant_name)


def _expect(case: Case, procedure: ProcedureDefinition, now: dt.datetime) -> None:
    """The due dates as they are when the case is accepted today; acceptance starts the clocks and sets them anew."""
    case.received_at = now
    for spec in opening.decision_clocks(case, procedure, now):
        setattr(case, f"{spec.kind}_due_at", opening.due_of(spec))


def _first_move(actor: Actor, each: Opening, now: dt.datetime) -> Transition:
    act = TRANSITIONS["open" if each.case.state == CaseState.RECEIVED else "open_unpaid"]
    return Transition(**moving.story(actor, act, each.case, "", now), case=each.case)


def _receive(actor: Actor, received: Sequence[Opening]) -> None:
    """Decide what can be decided at once; the others get their acceptance clock and item."""
    waiting = [each for each in received if not deciding.at_once(each.case, each.procedure)]
    if not waiting:
        return
    clocks = [
        spec
        for each in waiting
        if (spec := opening.acceptance_clock(each.case, each.procedure, each.case.received_at)) is not None
    ]
    due = {spec.subject: opening.due_of(spec) for spec in clocks}
    deadlines.start_clocks(actor, clocks)
    work.open_items(
        actor,
        [
            opening.item_for(
                each.case,
                "accept",
                opening.TASK_ACCEPT,
                applicant_name=each.applicant_name,
                due=due.get(moving.ref_of(each.case)),
            )
            for each in waiting
        ],
    )


def _announce(actor: Actor, cases: Sequence[Case]) -> None:
    journal.record_all(
        actor,
        [
            ("casework.open", [moving.ref_of(case), Ref("party", str(case.applicant_id))], case.answers)
            for case in cases
        ],
    )
    outbox.emit(
        *(
            CaseOpened(
                case=case.reference,
                matter=case.matter,
                service=case.service.code,
                department_id=case.department_id,
                applicant_id=case.applicant_id,
            )
            for case in cases
        ),
        request_id=actor.request_id,
    )


def _contest(actor: Actor, openings: Sequence[Opening], now: dt.datetime) -> None:
    """A case that contests a decision is linked to it on both sides; the decision must be the applicant's own.

    Raises ``InvalidInput`` for a decision that is not theirs, ``NoRemedy``, ``RemedyTimePassed``.
    """
    act = TRANSITIONS["contest"]
    for each in openings:
        if not each.case.about:
            continue
        contested = _contested(each.case)
        facts = casework_facts.facts_of(contested, casework_facts.procedure_of(contested))
        obstacle = next((found for guard in act.guards if (found := guard(facts)) is not None), None)
        if obstacle is not None:
            raise obstacle
        Transition.objects.create(
            **moving.story(actor, act, contested, contested.state, now, note=each.case.reference), case=contested
        )


def _contested(case: Case) -> Case:
    try:
        contested = moving.load(case.about)
    except NotFound:
        contested = None
    of_applicant = contested is not None and contested.applicant_id == case.applicant_id
    if contested is None or not of_applicant or contested.state not in TRANSITIONS["contest"].before:
        field = _contested_field(case.version) or "about"
        raise InvalidInput.at(field, "not_contestable", _("This is not a decision of yours that can be contested."))
    return contested


def _contested_field(version: ServiceVersion) -> str:
    """The question of the form that names the contested decision: the one of the element ``case.contested``."""
    properties: Mapping[str, Any] = (version.form or {}).get("properties", {})
    return next((name for name, each in properties.items() if each.get("x-element") == CONTESTED), "")


# --- Paid ----------------------------------------------------------------------------------------------


@transaction.atomic
def receive_paid(actor: Actor, *, case: str) -> Case:
    """The fee is paid: the case counts as received from now on. Doing it twice changes nothing."""
    moving.lock(case)
    if moving.load(case).state != CaseState.SUBMITTED:
        return moving.load(case)
    move = moving.begin(actor, "pay", case)
    _expect(move.case, move.procedure, move.now)
    fields = ("received_at", "promised_due_at", "statutory_due_at")
    row = moving.finish(move, changes={name: getattr(move.case, name) for name in fields})
    _receive(actor, [Opening(row, move.procedure, applicant_name=row.applicant.name)])
    return row
