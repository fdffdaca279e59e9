"""When a decision may stand. No database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import FieldError
from egov.law.rules import ProcedureDefinition

OUTCOMES = ("granted", "partly", "refused")


def faults(
    procedure: ProcedureDefinition, *, outcome: str, reasons: str, citations: Sequence[Mapping[str, Any]]
) -> Iterable[FieldError]:
    """What is missing for the decision to be handed over.

    Whoever is refused something (wholly or in part) is told the reasons and the law (Licensing Law art. 38(2) and
    its likes); an internal procedure without articles of its own asks for reasons only.
    """
    if outcome not in OUTCOMES:
        yield FieldError("outcome", "required", _("Choose the outcome."))
        return
    if outcome == "refused" and not procedure.can_refuse:
        yield FieldError("outcome", "cannot_refuse", _("This procedure knows no refusal."))
    if not reasons.strip():
        yield FieldError("reasons", "required", _("Give the reasons; the applicant will read them."))
    own_law = procedure.articles.get("refuse") or "refuse" in procedure.service_acts
    if outcome != "granted" and not citations and own_law and procedure.remedies:
        yield FieldError("citations", "required", _("Name the article the refusal rests on."))
