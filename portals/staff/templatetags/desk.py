"""Words that the desk says otherwise than the applicant's pages."""

from django import template
from django.utils.translation import gettext as _

from egov.casework.models import Case, CaseState

register = template.Library()


@register.filter
def state_at_desk(case: Case) -> str:
    """The state of a case, told to an officer: "you" in its own word is the applicant."""
    if case.state == CaseState.CORRECTION:
        return _("waiting for the applicant's correction")
    return case.get_state_display()


@register.filter
def rule_of_route(rule: str) -> str:
    """The rule by which a case was given to its unit, as the console numbers it."""
    kind, _colon, number = rule.partition(":")
    if kind == "competence" and number:
        return _("rule %(number)s of who handles what") % {"number": number}
    return _("no rule: the service hall takes it") if kind == "last-resort" else rule
