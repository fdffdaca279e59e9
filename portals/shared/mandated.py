"""How far a limited mandate reaches: papers, bills and notices of the services it names, nothing else of the party.

Of matters and their parts ``egov.matters.queries.visible_members`` says it, of cases
``egov.casework.queries.visible_cases``.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from egov.casework import queries as casework
from egov.documents.models import IssuedDocument
from egov.intake import queries as intake
from egov.kernel.actor import Actor
from egov.matters import queries as matters
from egov.notices.models import Notice
from egov.payments.models import Bill, BillLine


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
    """A bill is read and paid as one: it is an agent's when every line of it is for their services."""
    if actor.mandate_services is None:
        return rows
    parts = matters.visible_members(actor).filter(matter__applicant_id=actor.on_behalf_of_id, pending__isnull=False)
    waiting = parts.values_list(Concat(Value("case:"), "pending__case"))
    lines = BillLine.objects.filter(bill=OuterRef("pk"))
    others = lines.exclude(subject__in=_subjects(actor)).exclude(subject__in=waiting)
    return rows.filter(Exists(lines), ~Exists(others))


# Notices about a whole whose words name no part of it.
_NAMING_NO_PART = ("submission_accepted", "correction_requested")


def notices_in_reach(actor: Actor, rows: QuerySet[Notice]) -> QuerySet[Notice]:
    """Of what is paid to the party an agent with a limited mandate hears nothing; of a whole, what names no part that is
    not theirs."""
    if actor.mandate_services is None:
        return rows
    whole = matters.whole_matters(actor).values_list(Concat(Value("matter:"), "reference"))
    partly = matters.visible_matters(actor).values_list(Concat(Value("matter:"), "reference"))
    bills = bills_in_reach(actor, Bill.objects.filter(payer=actor.on_behalf_of_id))
    return rows.filter(
        Q(subject__in=_subjects(actor))
        | Q(subject__in=whole)
        | Q(subject__in=partly, kind__in=_NAMING_NO_PART)
        | Q(subject__in=bills.values_list(Concat(Value("bill:"), "reference")))
    )
