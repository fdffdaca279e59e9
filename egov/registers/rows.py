"""How data elements stand on a certificate: under their name in the dictionary, sensitive numbers masked."""

import re
from collections.abc import Mapping
from typing import Any

from egov.identity.rules import mask_number
from egov.kernel.text import LocalisedText
from egov.registers.memory import dictionary
from egov.registers.models import DataElement

# A number of a person, an account, a document. Names, dates, weights and amounts are what a certificate attests.
_NUMBER = re.compile(r"(?=.*\d)[0-9A-Za-z]{6,}", flags=re.ASCII)
YES, NO = {"zh-Hans": "是", "en": "yes"}, {"zh-Hans": "否", "en": "no"}


def rows_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each element of ``data`` that the dictionary knows and that has a plain value."""
    return [{"label": row["label"], "value": masked(row)} for row in rows_in_clear(data)]


def rows_in_clear(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """As ``rows_of``, with numbers as they are and ``sensitive`` beside them: what a department is given to read."""
    wanted = [key for key, value in data.items() if isinstance(value, str | int | float | bool) and value != ""]
    if not wanted:
        return []
    elements = dictionary()
    return [
        {
            "label": elements[key].name,
            "value": _shown(data[key], elements[key]),
            "sensitive": elements[key].sensitive,
        }
        for key in wanted
        if key in elements
    ]


def masked(row: Mapping[str, Any]) -> str | LocalisedText:
    """The value of a row as it may be shown: a sensitive number without its middle."""
    value: str | LocalisedText = row["value"]
    hidden = row["sensitive"] and isinstance(value, str) and _NUMBER.fullmatch(value)
    return mask_number(value) if hidden and isinstance(value, str) else value


def _shown(value: Any, element: DataElement) -> str | LocalisedText:
    if isinstance(value, bool):
        return YES if value else NO
    labels: Mapping[str, LocalisedText] = element.schema.get("x-labels", {})
    return labels.get(str(value), str(value))
