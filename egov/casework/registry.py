"""What rooms above may add: effects of decisions, procedures of asking opinions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema

from egov.casework.models import Case, Decision, OpinionRequest
from egov.catalogue.registry import effect_keys
from egov.kernel.actor import Actor
from egov.kernel.registries import Registry
from egov.kernel.text import LocalisedText


def _no_complaint() -> list[str]:
    return []


@dataclass(frozen=True)
class Effect:
    """What a room does when a case of its services is decided; database only, in the deciding transaction.

    ``apply(actor, case, decision, options)`` returns outputs (data element -> value) that later members of the matter
    may ask for. ``options`` is a JSON Schema. ``check`` names what is missing for the effect to work; the console
    shows it.
    """

    key: str
    apply: Callable[[Actor, Case, Decision, dict[str, Any]], Mapping[str, Any]]
    options: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[], list[str]] = _no_complaint

    def faults(self, options: Mapping[str, Any]) -> list[str]:
        """What is wrong with ``options`` as a service version states them."""
        validator = jsonschema.Draft202012Validator(dict(self.options))
        return [error.message for error in validator.iter_errors(dict(options))]


class _Effects(Registry[Effect]):
    """The catalogue checks definitions against the keys, and must not know this room."""

    def add(self, key: str, handler: Effect) -> Effect:
        effect_keys.add(key, key)
        return super().add(key, handler)


effects: Registry[Effect] = _Effects("case effects")


def _nothing(_actor: Actor, _request: OpinionRequest) -> None:
    return None


@dataclass(frozen=True)
class OpinionProcedure:
    """A way of asking another department: in writing (here), a joint review or a joint visit (g2g.collaboration).

    ``on_asked`` runs in the asking transaction and may open what the procedure needs.
    """

    key: str
    name: LocalisedText
    limit: int = 5  # working days, when the service names none
    on_asked: Callable[[Actor, OpinionRequest], None] = _nothing
    on_withdrawn: Callable[[Actor, OpinionRequest], None] = _nothing


opinion_procedures: Registry[OpinionProcedure] = Registry("opinion procedures")

opinion_procedures.add(
    "written", OpinionProcedure(key="written", name={"zh-Hans": "书面征求意见", "en": "Opinion in writing"})
)
