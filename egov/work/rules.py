"""The token engine: which steps of a plan become active. No database, no clock.

A plan is a graph of steps. A step is entered when all steps it comes ``after`` are done or skipped; it is skipped
when its condition does not hold. An outcome may send the work back to an earlier step: that step and all that
follow it lose their tokens and run another round. A plan is finished when every step is done or skipped.
"""

import graphlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import FieldError, InvalidInput, NotPermitted
from egov.kernel.text import LocalisedText

STEP_KINDS = frozenset({"review", "inspection", "opinion", "sign", "task", "decide"})
LIMIT_UNITS = frozenset({"wd", "d", "m", "h"})
DONE = "done"  # the outcome of a step that names none

# A token with one of these states counts; the others are history.
LIVE = frozenset({"active", "done", "skipped"})
FINISHED = frozenset({"done", "skipped"})


@dataclass(frozen=True)
class Limit:
    """``n`` units: ``wd`` working days, ``d`` natural days, ``m`` months, ``h`` hours."""

    n: int
    unit: str


@dataclass(frozen=True)
class OutcomeDefinition:
    key: str
    title: LocalisedText
    back_to: str = ""


@dataclass(frozen=True)
class StepDefinition:
    """One step: who does it (role and unit), by when, under which condition, after which steps."""

    key: str
    title: LocalisedText
    kind: str
    role: str = ""
    unit: str = "handling"
    limit: Limit | None = None
    four_eyes: tuple[str, ...] = ()
    persons: int = 1  # how many officers must do it together (Administrative Licensing Law art. 34: two on site)
    when: str = ""
    after: tuple[str, ...] = ()
    outcomes: tuple[OutcomeDefinition, ...] = ()

    def outcome(self, key: str) -> OutcomeDefinition | None:
        """The outcome under ``key``; a step that names none has the single outcome ``done``."""
        if not self.outcomes:
            return OutcomeDefinition(DONE, {}) if key in ("", DONE) else None
        return next((outcome for outcome in self.outcomes if outcome.key == key), None)

    def first_forward(self) -> str:
        """The outcome with which the work goes on when the act itself says the rest (a signature)."""
        return next((outcome.key for outcome in self.outcomes if not outcome.back_to), DONE)


@dataclass(frozen=True)
class PlanDefinition:
    key: str
    steps: tuple[StepDefinition, ...]
    _by_key: Mapping[str, StepDefinition] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {step.key: step for step in self.steps})

    def step(self, key: str) -> StepDefinition:
        """Raises ``KeyError`` for an unknown key."""
        return self._by_key[key]

    def followers(self, key: str) -> frozenset[str]:
        """All steps that come after ``key``, directly or not."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            current = waiting.pop()
            nexts = [step.key for step in self.steps if current in step.after and step.key not in found]
            found.update(nexts)
            waiting.extend(nexts)
        return frozenset(found)


@dataclass(frozen=True)
class Token:
    """Where the plan stands at one step. ``persons`` are the parties who did the step (for four eyes)."""

    key: str
    round: int
    state: str
    outcome: str = ""
    persons: tuple[int, ...] = ()


@dataclass(frozen=True)
class Entered:
    """A step that becomes active, or is skipped, and in which round."""

    step: StepDefinition
    round: int
    skipped: bool
    excluded_persons: tuple[int, ...] = ()


@dataclass(frozen=True)
class Moves:
    """What follows from a completed step: tokens that lose their count, steps that begin, whether it is the end."""

    returned: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    entered: tuple[Entered, ...] = ()
    finished: bool = False


Holds = Callable[[str, Mapping[str, Any]], bool]


class UnknownOutcome(InvalidInput):
    code = "unknown_outcome"


class FourEyes(NotPermitted):
    """Who did an earlier step may not do this one."""

    code = "four_eyes"
    message = _("You took part in an earlier step; someone else must do this one.")


# --- Who may take what -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """What matters of a post, or of an item's place, for the question who may take it."""

    department_id: int | None
    unit_id: int | None
    roles: frozenset[str] = frozenset()
    post_id: int | None = None


def reaches(place: Place, *, department_id: int, unit_id: int, role: str) -> bool:
    """Whether someone placed there may take an item of this unit and role.

    The head of the organ may do what any of its members may; everybody else works in the own unit.
    """
    if place.department_id != department_id:
        return False
    if "department_head" in place.roles:
        return True
    return place.unit_id == unit_id and (not role or role in place.roles)


def leads(place: Place, *, department_id: int, unit_id: int) -> bool:
    """Whether someone placed there hands out the work of this unit."""
    if place.department_id != department_id:
        return False
    return "department_head" in place.roles or ("section_head" in place.roles and place.unit_id == unit_id)


# --- Running ---------------------------------------------------------------------------------------


def start(plan: PlanDefinition, holds: Holds) -> Moves:
    """The first steps of a plan."""
    return _advance(plan, (), holds)


def complete(plan: PlanDefinition, tokens: Sequence[Token], key: str, outcome: str, holds: Holds) -> Moves:
    """What follows when the active step ``key`` is completed with ``outcome``.

    ``tokens`` are all tokens of the plan with that step already ``done``. Raises ``UnknownOutcome`` when the step
    does not know the outcome.
    """
    definition = plan.step(key).outcome(outcome)
    if definition is None:
        raise UnknownOutcome([FieldError("outcome", "unknown", _("Choose one of the possible outcomes."))])
    if not definition.back_to:
        return _advance(plan, tokens, holds)
    again = plan.followers(definition.back_to) | {definition.back_to}
    returned = tuple(token.key for token in tokens if token.key in again and token.state in FINISHED)
    cancelled = tuple(token.key for token in tokens if token.key in again and token.state == "active")
    moves = _advance(plan, [_recalled(token, again) for token in tokens], holds)
    return Moves(returned, cancelled, moves.entered, moves.finished)


def forward_way(plan: PlanDefinition, holds: Holds) -> tuple[str, ...]:
    """The steps that are done when each ends with the outcome that lets the work go on, in their order."""
    tokens: list[Token] = []
    done: list[str] = []
    waiting = list(start(plan, holds).entered)
    while waiting:
        entered = waiting.pop(0)
        key = entered.step.key
        if entered.skipped:
            tokens.append(Token(key, entered.round, "skipped"))
            continue
        outcome = entered.step.first_forward()
        tokens.append(Token(key, entered.round, "done", outcome))
        done.append(key)
        active = [Token(each.step.key, each.round, "skipped" if each.skipped else "active") for each in waiting]
        waiting += complete(plan, [*tokens, *active], key, outcome, holds).entered
    return tuple(done)


def _recalled(token: Token, again: frozenset[str]) -> Token:
    if token.key in again and token.state in LIVE:
        return Token(token.key, token.round, "returned", token.outcome, token.persons)
    return token


def _advance(plan: PlanDefinition, tokens: Sequence[Token], holds: Holds) -> Moves:
    live = {token.key: token for token in tokens if token.state in LIVE}
    rounds: dict[str, int] = {}
    for token in tokens:
        rounds[token.key] = max(token.round, rounds.get(token.key, 0))
    entered: list[Entered] = []
    while ready := [step for step in plan.steps if step.key not in live and _may_enter(step, live)]:
        for step in ready:
            number = rounds.get(step.key, 0) + 1
            skipped = bool(step.when) and not holds(step.when, outcomes(live.values()))
            live[step.key] = Token(step.key, number, "skipped" if skipped else "active")
            entered.append(Entered(step, number, skipped, excluded(step, live.values())))
    finished = all(step.key in live and live[step.key].state in FINISHED for step in plan.steps)
    return Moves(entered=tuple(entered), finished=finished)


def _may_enter(step: StepDefinition, live: Mapping[str, Token]) -> bool:
    return all(key in live and live[key].state in FINISHED for key in step.after)


def outcomes(tokens: Iterable[Token]) -> dict[str, dict[str, Any]]:
    """What conditions may read as ``steps``: for each step that counts, its state and outcome."""
    return {token.key: {"state": token.state, "outcome": token.outcome} for token in tokens if token.state in LIVE}


def excluded(step: StepDefinition, tokens: Iterable[Token]) -> tuple[int, ...]:
    """The persons who may not do ``step`` because they did a step it must be checked against."""
    persons = {person for token in tokens if token.key in step.four_eyes for person in token.persons}
    return tuple(sorted(persons))


# --- Reading a definition ------------------------------------------------------------------------------


def parse_plan(definition: Mapping[str, Any]) -> PlanDefinition:
    """A plan from its JSON form. Raises ``InvalidInput`` naming every fault."""
    faults = list(_faults(definition))
    if faults:
        raise InvalidInput(faults, _("The review plan has faults."))
    return PlanDefinition(
        key=definition["key"],
        steps=tuple(_parse_step(step) for step in definition["steps"]),
    )


def _parse_step(step: Mapping[str, Any]) -> StepDefinition:
    limit = step.get("limit")
    outcomes = step.get("outcomes", ())
    if step["kind"] == "sign" and not outcomes:
        # Whoever signs may always send the draft back to the step before.
        outcomes = [{"key": "sign"}, *({"key": "return", "back_to": key} for key in step.get("after", ())[:1])]
    return StepDefinition(
        key=step["key"],
        title=step.get("title", {}),
        kind=step["kind"],
        role=step.get("role", ""),
        unit=step.get("unit", "handling"),
        limit=Limit(limit["n"], limit["unit"]) if limit else None,
        four_eyes=tuple(step.get("four_eyes", ())),
        persons=step.get("persons", 1),
        when=step.get("when", ""),
        after=tuple(step.get("after", ())),
        outcomes=tuple(
            OutcomeDefinition(each["key"], each.get("title", {}), each.get("back_to", "")) for each in outcomes
        ),
    )


def _faults(definition: Mapping[str, Any]) -> Iterable[FieldError]:
    steps = definition.get("steps") or []
    if not definition.get("key"):
        yield FieldError("key", "missing", _("A plan needs a key."))
    if not steps:
        yield FieldError("steps", "missing", _("A plan needs at least one step."))
        return
    unnamed = [number for number, step in enumerate(steps) if not step.get("key")]
    for number in unnamed:
        yield FieldError(f"steps/{number}/key", "missing", _("A step needs a key."))
    if unnamed:
        return
    keys = [step["key"] for step in steps]
    for number, step in enumerate(steps):
        path = f"steps/{number}"
        if keys.index(step["key"]) != number:
            yield FieldError(f"{path}/key", "twice", _("Two steps have the same key."))
        yield from _step_faults(path, step, set(keys))
    yield from _order_faults(steps)


def _step_faults(path: str, step: Mapping[str, Any], keys: set[str]) -> Iterable[FieldError]:
    if step.get("kind") not in STEP_KINDS:
        yield FieldError(f"{path}/kind", "unknown", _("This kind of step is not known."))
    limit = step.get("limit")
    if limit and (limit.get("unit") not in LIMIT_UNITS or not isinstance(limit.get("n"), int) or limit["n"] < 0):
        yield FieldError(f"{path}/limit", "invalid", _("A limit is a whole number and a unit."))
    persons = step.get("persons", 1)
    if not isinstance(persons, int) or persons < 1:
        yield FieldError(f"{path}/persons", "invalid", _("At least one person must do a step."))
    for name in ("after", "four_eyes"):
        for other in step.get(name, ()):
            if other not in keys:
                yield FieldError(f"{path}/{name}", "unknown_step", _("This names a step that does not exist."))
    named = [outcome.get("key") for outcome in step.get("outcomes", ())]
    if len(set(named)) != len(named) or not all(named):
        yield FieldError(f"{path}/outcomes", "twice", _("Outcomes need keys, each used once."))
    if named and all(outcome.get("back_to") for outcome in step["outcomes"]):
        yield FieldError(f"{path}/outcomes", "no_way_forward", _("One outcome must lead forward."))


def _order_faults(steps: Sequence[Mapping[str, Any]]) -> Iterable[FieldError]:
    """Circles, and references to steps that do not come earlier."""
    graph = {step["key"]: list(step.get("after", ())) for step in steps}
    try:
        tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError:
        yield FieldError("steps", "circle", _("The steps wait for each other in a circle."))
        return
    for number, step in enumerate(steps):
        earlier = _predecessors(step["key"], graph)
        for other in step.get("four_eyes", ()):
            if other in graph and other not in earlier:
                yield FieldError(f"steps/{number}/four_eyes", "not_earlier", _("This step does not come earlier."))
        for outcome in step.get("outcomes", ()):
            back_to = outcome.get("back_to")
            if back_to and back_to not in earlier | {step["key"]}:
                yield FieldError(f"steps/{number}/outcomes", "not_earlier", _("This step does not come earlier."))


def _predecessors(key: str, graph: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(graph.get(key, ()))
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(graph.get(current, ()))
    return found
