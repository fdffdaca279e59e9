"""What a service costs for these answers: the items that apply, each with its legal basis."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from egov.intake.rules.form import Form
from egov.intake.rules.validation import condition_context, holds
from egov.kernel.money import rounded
from egov.kernel.text import LocalisedText, localise


@dataclass(frozen=True)
class PriceLine:
    key: str
    name: LocalisedText
    amount: Decimal
    basis: LocalisedText

    def of(self, service: LocalisedText) -> "PriceLine":
        """The same as a line among those of other services: it says whose it is."""
        if self.name == service:
            return self
        joined = {"zh-Hans": "{}：{}", "en": "{}: {}"}
        whose = {
            language: words.format(localise(service, language), localise(self.name, language))
            for language, words in joined.items()
        }
        return replace(self, name=whose)


@dataclass(frozen=True)
class Price:
    lines: tuple[PriceLine, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


def price_of(fee: Mapping[str, Any], form: Form, answers: Mapping[str, Any], *, name: LocalisedText) -> Price:
    """``answers`` as :func:`check` returned them. A fee without items is one line called ``name``."""
    basis = _localised(fee.get("basis"))
    if "items" not in fee:
        amount = rounded(Decimal(str(fee.get("amount") or 0)))
        return Price((PriceLine("fee", fee.get("name") or name, amount, basis),) if amount else ())
    context = condition_context(form, answers)
    lines = [
        PriceLine(
            item["key"], item["name"], rounded(Decimal(str(item["amount"]))), _localised(item.get("basis")) or basis
        )
        for item in fee["items"]
        if holds(item.get("when", ""), context)
    ]
    return Price(tuple(line for line in lines if line.amount))


def _localised(text: Any) -> LocalisedText:
    return text if isinstance(text, dict) else {"zh-Hans": str(text)} if text else {}
