"""Bills, disbursements and reconciled days as subjects that other rooms name."""

from django.utils.translation import gettext as _

from egov.kernel.actor import Actor
from egov.kernel.refs import Ref, Subject, subjects
from egov.kernel.text import localise
from egov.payments.models import Bill, BillLine, Disbursement


def _bill_title(ref: Ref) -> str:
    """What it is for, as its first line says."""
    first = BillLine.objects.filter(bill__reference=ref.key).order_by("pk").first()
    return localise(first.text) if first else ref.key


def _bill_url(ref: Ref, actor: Actor) -> str | None:
    return f"/as/{actor.capacity}/bills/{ref.key}/" if actor.is_applicant else None


def _may_view_bill(ref: Ref, actor: Actor) -> bool:
    mine = Bill.objects.filter(reference=ref.key, payer_id=actor.on_behalf_of_id or 0)
    ours = BillLine.objects.filter(bill__reference=ref.key, department_id=actor.department_id or 0)
    return mine.exists() or (actor.is_staff and ours.exists())


def _disbursement_title(ref: Ref) -> str:
    row = Disbursement.objects.filter(reference=ref.key).first()
    return localise(row.purpose) if row else ref.key


def _may_view_disbursement(ref: Ref, actor: Actor) -> bool:
    rows = Disbursement.objects.filter(reference=ref.key)
    if actor.is_staff:
        return actor.has_role("cashier") or rows.filter(fund__owner_id=actor.department_id or 0).exists()
    return rows.filter(payee_id=actor.on_behalf_of_id or 0).exists()


def _reconciliation_title(ref: Ref) -> str:
    gateway, _dot, day = ref.key.partition(".")
    return _("Payments of %(day)s through %(gateway)s") % {"day": day, "gateway": gateway}


subjects.add("bill", Subject(title=_bill_title, url=_bill_url, may_view=_may_view_bill))
subjects.add(
    "disbursement",
    Subject(title=_disbursement_title, url=lambda _ref, _actor: None, may_view=_may_view_disbursement),
)
subjects.add(
    "reconciliation",
    Subject(
        title=_reconciliation_title,
        url=lambda _ref, _actor: None,
        may_view=lambda _ref, actor: actor.has_role("cashier"),
    ),
)
