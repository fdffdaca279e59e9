"""The services of a draft planned anew: by what its form says by now, and by what the party has by now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event
from egov.intake import rules
from egov.intake.queries.ahead import bundle_of
from egov.intake.queries.drafts import Moved, OpenDraft
from egov.intake.rules import Bundle
from egov.kernel.actor import Actor
from egov.routing import queries as routing
from egov.routing.queries import BundlePlan, Why, Wishes


@dataclass(frozen=True)
class PlannedAnew:
    """``offered``: what may be added by now and could not when the form was begun."""

    plan: BundlePlan
    bundle: Bundle
    came: tuple[Moved, ...]
    went: tuple[Moved, ...]
    offered: tuple[Moved, ...]
    changed: bool

    @property
    def to_ask(self) -> list[Mapping[str, Any]]:
        """The questions of the event that have come up."""
        return [each for each in self.plan.questions if each["key"] in self.plan.to_ask]


def told_to(bundle: Bundle, *, event: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that chose the members, with what the form says by now (data element → value). No statement while the
    event is composed as it was."""
    return {**bundle.answers, **routing.determined(_event_of(bundle, event).definition, told)}


def told_otherwise(bundle: Bundle, *, event: str, told: Mapping[str, Any]) -> set[str]:
    """The data elements of which the form says something else than the answers that chose the members."""
    now = told_to(bundle, event=event, told=told)
    return {
        str(each["element"])
        for each in _event_of(bundle, event).definition.get("questions", ())
        if each.get("element") and each["key"] in bundle.answers and now[each["key"]] != bundle.answers[each["key"]]
    }


def plan_anew(
    actor: Actor,
    bundle: Bundle,
    *,
    event: str,
    told: Mapping[str, Any],
    answers: Mapping[str, Any] | None = None,
    services: Collection[str] = (),
) -> PlannedAnew:
    """What the event of a draft takes by now, as it was composed when the draft was begun.

    ``told``: data element → value in the form; ``answers``: to questions of the event that have come up, as they came in;
    ``services``: optional ones that are wanted besides.
    """
    composed = _event_of(bundle, event)
    known = {
        **bundle.answers,
        **_read(composed, answers or {}),
        **routing.determined(composed.definition, told),
    }
    plan = routing.plan_event(
        actor.in_all_services(),  # what the party has counts, whoever files for it
        event=composed,
        answers=known,
        wishes=Wishes(frozenset(bundle.again), {each.service: each.number for each in bundle.claims}),
    )
    planned = replace(
        bundle_of(plan, frozenset({*bundle.wanted, *services})),
        event_version=bundle.event_version,
        offered=bundle.offered,
        again=bundle.again,
        had=bundle.had,
    )
    return PlannedAnew(
        plan,
        planned,
        came=tuple(_moved(plan, bundle, code) for code in planned.services if code not in bundle.services),
        went=tuple(_moved(plan, bundle, code) for code in bundle.services if code not in planned.services),
        offered=tuple(
            _moved(plan, bundle, each.service)
            for each in plan.members
            if each.why is Why.OPTIONAL
            and each.is_fileable
            and each.service not in (*planned.services, *bundle.offered)
        ),
        changed=bool(plan.to_ask) or not planned.files_as(bundle),
    )


def planned_anew(actor: Actor, opened: OpenDraft, *, answers: Mapping[str, Any] | None = None) -> PlannedAnew | None:
    """None for a single service and for what joins a matter: no event chose them anew."""
    if not opened.bundle.is_planned:
        return None
    told = rules.told(opened.form, opened.checked)
    return plan_anew(actor, opened.bundle, event=opened.draft.event, told=told, answers=answers)


def _event_of(bundle: Bundle, code: str) -> Event:
    if bundle.event_version in (None, catalogue.event_versions_in_force().get(code)):
        return catalogue.event(code)
    return catalogue.event_as_composed(bundle.event_version)


def _read(event: Event, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What came in for the questions of an event, each in its type; what cannot be read counts as not answered."""
    given = [
        (str(each["key"]), routing.read_answer(each, answers[each["key"]]))
        for each in event.definition.get("questions", ())
        if answers.get(each["key"]) not in (None, "")
    ]
    return {key: value for key, value in given if value is not None}


def _moved(plan: BundlePlan, bundle: Bundle, code: str) -> Moved:
    """``bundle``: as it was planned before."""
    member = plan.member(code)
    if member is None:
        return Moved(code, catalogue.version(bundle.versions[code]).name, Why.NOT_NEEDED, is_closed=True)
    asked = {str(each["key"]): each for each in plan.questions}
    because = tuple((asked[key], plan.answers[key]) for key in member.state.because if key in plan.answers)
    closed = member.why in (Why.APPLIES, Why.OPTIONAL) and not member.is_fileable
    return Moved(code, member.version.name, member.why, because, code in bundle.held, closed)
