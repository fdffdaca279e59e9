"""What corrected answers have changed in the services that a matter needs: what is lacking, what is superfluous."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event, ServiceVersion
from egov.kernel.actor import Actor
from egov.kernel.text import LocalisedText
from egov.matters import rules
from egov.matters.models import Matter
from egov.routing import queries as routing


@dataclass(frozen=True)
class Reconsidered:
    """A service that the answers speak for or against. ``because``: the questions that decide, each with its answer
    (None: it was never asked, so nobody knows). ``optional``: it may be added, and need not be."""

    service: str
    title: LocalisedText
    because: tuple[tuple[Mapping[str, Any], Any], ...]
    optional: bool = False

    @property
    def is_certain(self) -> bool:
        return not self.optional and all(answer is not None for _question, answer in self.because)


@dataclass(frozen=True)
class Revised:
    """``lacking``: necessary by now and in no part of the matter. ``superfluous``: parts still going on that are not."""

    lacking: tuple[Reconsidered, ...] = ()
    superfluous: tuple[Reconsidered, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lacking or self.superfluous)


def event_of(matter: Matter) -> Event:
    """The event of a matter as it was composed when the matter was filed; later versions change nothing of it."""
    if matter.event_version_id is None:
        return catalogue.event(matter.event)
    return catalogue.event_as_composed(matter.event_version_id)


def lacking_of(matter: Matter, states: Mapping[str, str]) -> list[ServiceVersion]:
    """What the corrected answers make necessary and no part of the matter does, one that was dropped counting as none.
    ``states``: service → state of its member. No statement."""
    found = catalogue.published_many(code for code in matter.lacking if rules.is_absent(code, states))
    return list(found.values())


def missing_of(matter: Matter, states: Mapping[str, str]) -> list[ServiceVersion]:
    """Of these, without what need not be added. One statement, none while nothing is lacking."""
    lacking = lacking_of(matter, states)
    optional = _optional(event_of(matter).definition) if lacking else set()
    return [each for each in lacking if each.service.code not in optional]


def _optional(definition: Mapping[str, Any]) -> set[str]:
    return {str(each["service"]) for each in definition.get("members", ()) if each.get("optional")}


def revised(actor: Actor, matter: Matter, states: Mapping[str, str]) -> Revised:
    """As far as the actor may act in it. ``states``: service → state of its member. One statement, none while nothing
    was corrected."""
    lacking = [each for each in lacking_of(matter, states) if actor.covers(each.service.code)]
    going_on = [code for code in matter.superfluous if states.get(code) not in (None, *rules.ENDED)]
    superfluous = [code for code in going_on if actor.covers(code)]
    if not lacking and not superfluous:
        return Revised()
    definition = event_of(matter).definition
    asked = {str(each["key"]): each for each in definition.get("questions", ())}
    because = {
        each.service: tuple((asked[key], matter.determinants.get(key)) for key in each.because)
        for each in routing.members_for(definition, matter.determinants)
    }
    optional = _optional(definition)
    names = catalogue.published_many(superfluous)
    return Revised(
        tuple(
            Reconsidered(code, each.name, because.get(code, ()), code in optional)
            for each in lacking
            for code in [each.service.code]
        ),
        tuple(Reconsidered(code, names[code].name, because.get(code, ())) for code in superfluous if code in names),
    )
