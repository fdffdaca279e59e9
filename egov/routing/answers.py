"""What a person is told about an answer to a question of an event that cannot count as it is."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from egov.kernel.text import localise
from egov.routing.rules.bundles import is_within, limits_of, read_number


def why_unread(question: Mapping[str, Any], value: Any) -> str:
    """In the active language; ``value`` as it was typed or chosen, nothing when there is none."""
    least, most = limits_of(question)
    names = {"field": localise(question["text"]), "low": least, "high": most, "limit": least}
    if value in (None, ""):
        return _("Answer “%(field)s”, so that we know what applies.") % names
    if question["type"] != "number":
        return _("Choose one of the answers offered for “%(field)s”.") % names
    number = read_number(value)
    if number is None:
        return _("Write “%(field)s” as a number, for example 12.5.") % names
    if is_within(question, number):
        return ""
    if most is None:
        return _("“%(field)s” has to be at least %(limit)s.") % names
    return _("“%(field)s” has to lie between %(low)s and %(high)s.") % names
