"""Formulas of the jurisdiction: every amount that depends on law is computed by one of them, in ``Decimal``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from egov.kernel.registries import Registry
from egov.law.rules.citations import Article


@dataclass(frozen=True)
class Formula:
    """``compute(parameters, inputs)`` is pure; ``parameters`` names the dated values it is given.

    Returns named results (``Decimal`` in CNY, whole numbers). Raises ``ValueError`` for inputs outside the law.
    """

    key: str
    parameters: tuple[str, ...]
    compute: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
    articles: tuple[Article, ...]

    def check(self) -> str:
        """Fault of the handler as the console shows it; "" when it is fine."""
        return "" if self.articles else "a formula needs its articles"


# key -> Formula
formulas: Registry[Formula] = Registry("formulas of law")
