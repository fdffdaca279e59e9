"""How far a limited mandate reaches: documents and bills of the services it names, nothing else of the party."""

from typing import TypeVar

from django.db.models import Model, QuerySet, Value
from django.db.models.functions import Concat

from egov.casework import queries as casework
from egov.intake import queries as intake
from egov.kernel.actor import Actor
from egov.payments.models import Bill

M = TypeVar("M", bound=Model)


def _subjects(actor: Actor) -> QuerySet:
    return casework.visible_cases(actor).values_list(Concat(Value("case:"), "reference"))


def about_own_services(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    """``rows`` have a ``subject``; what is about no case is not an agent's with a limited mandate."""
    return rows if actor.mandate_services is None else rows.filter(subject__in=_subjects(actor))


def file_in_reach(actor: Actor, reference: str) -> bool:
    """Whether a file the party handed in belongs to a draft or case the agent sees."""
    if actor.mandate_services is None:
        return True
    on_cases = casework.visible_cases(actor).filter(files__file__reference=reference)
    on_drafts = intake.visible_drafts(actor).filter(attachments__file__reference=reference)
    return on_cases.exists() or on_drafts.exists()


def bills_in_reach(actor: Actor, rows: QuerySet[Bill]) -> QuerySet[Bill]:
    return rows if actor.mandate_services is None else rows.filter(lines__subject__in=_subjects(actor)).distinct()
