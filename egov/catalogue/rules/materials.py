"""Which shared materials a set of answers needs: the same for who is asked to agree and for who fetches. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from egov.law.rules import EvaluationError, holds, names_in

Material = Mapping[str, Any]


def shared(materials: Iterable[Material]) -> list[Material]:
    """The materials that registers hold."""
    return [material for material in materials if material.get("source") == "shared"]


def is_fetched(material: Material) -> bool:
    """Whether a register connected here can give it; else the department gets it in its own way, or asks for it."""
    return material.get("source") == "shared" and "evidence" in material


def is_needed(material: Material, answers: Mapping[str, Any]) -> bool:
    """Whether these answers make the material necessary; nothing is fetched without need (PIPL art. 6)."""
    condition = str(material.get("required", "always"))
    if condition in ("always", "never"):
        return condition == "always"
    try:
        return holds(condition, dict.fromkeys(names_in(condition)) | dict(answers))
    except EvaluationError:
        return False


def needed(materials: Iterable[Material], answers: Mapping[str, Any]) -> list[Material]:
    """The shared materials that these answers make necessary."""
    return [material for material in shared(materials) if is_needed(material, answers)]
