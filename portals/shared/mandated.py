"""How far a limited mandate reaches: papers, bills and notices of the services it names, nothing else of the party."""

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from egov.casework import queries as casework
from egov.documents.models import IssuedDocument
from egov.intake import queries as intake
from egov.kernel.actor import Actor
from egov.matters import queries as matters
from egov.notices.models import Notice
from egov.payments.models import Bill


def documents_in_reach(actor: Actor, rows: QuerySet[IssuedDocument]) -> QuerySet[IssuedDocument]:
    """What is about no case, and about no certificate that a case brought, is not an agent's with a limited mandate."""
    if actor.mandate_services is None:
        return rows
    cases = casework.visible_cases(actor)
    return rows.filter(Q(subject__in=_subjects(actor)) | Q(credential__case__in=cases.values_list("reference")))


def _subjects(actor: Actor) -> QuerySet:
    return casework.visible_cases(actor).values_list(Concat(Value("case:"), "reference"))


def file_in_reach(actor: Actor, reference: str) -> bool:
    """Whether a file the party handed in belongs to a draft or case the agent sees."""
    if actor.mandate_services is None:
        return True
    on_cases = casework.visible_cases(actor).filter(files__file__reference=reference)
    on_drafts = intake.visible_drafts(actor).filter(attachments__file__reference=reference)
    return on_cases.exists() or on_drafts.exists()


def bills_in_reach(actor: Actor, rows: QuerySet[Bill]) -> QuerySet[Bill]:
    return rows if actor.mandate_services is None else rows.filter(lines__subject__in=_subjects(actor)).distinct()


def notices_in_reach(actor: Actor, rows: QuerySet[Notice]) -> QuerySet[Notice]:
    """Of what is paid to the party an agent with a limited mandate hears nothing."""
    if actor.mandate_services is None:
        return rows
    whole = matters.visible_matters(actor).values_list(Concat(Value("matter:"), "reference"))
    bills = bills_in_reach(actor, Bill.objects.filter(payer=actor.on_behalf_of_id))
    return rows.filter(
        Q(subject__in=_subjects(actor))
        | Q(subject__in=whole)
        | Q(subject__in=bills.values_list(Concat(Value("bill:"), "reference")))
    )
