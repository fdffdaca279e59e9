"""Bills, payments, fiscal receipts, refunds, disbursements, reconciliation."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egov.identity.models import Organisation, Party
from egov.kernel.money import MoneyField
from egov.kernel.text import LocalisedTextField
from egov.ledger.models import Fund, Reservation


class BillState(models.TextChoices):
    OPEN = "open", pgettext_lazy("bill", "to be paid")
    PAID = "paid", pgettext_lazy("bill", "paid")
    CANCELLED = "cancelled", pgettext_lazy("bill", "cancelled")
    REFUNDED = "refunded", pgettext_lazy("bill", "refunded")


class Bill(models.Model):
    """What a party owes for one case or one submission, itemised."""

    reference = models.CharField(max_length=40, unique=True)
    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bills")
    subject = models.CharField(max_length=120, db_index=True)  # Ref of the submission or case
    total = MoneyField()
    state = models.CharField(max_length=10, choices=BillState, default=BillState.OPEN)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        constraints = [models.CheckConstraint(condition=Q(total__gt=0), name="bill_positive")]

    def __str__(self) -> str:
        return self.reference


class BillLine(models.Model):
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="lines")
    subject = models.CharField(max_length=120, db_index=True)  # Ref of the case
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text = LocalisedTextField()
    amount = MoneyField()
    basis = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of a bill")
        verbose_name_plural = _("lines of bills")

    def __str__(self) -> str:
        return f"{self.bill_id} {self.amount}"


class PaymentState(models.TextChoices):
    STARTED = "started", pgettext_lazy("payment", "started")
    SUCCEEDED = "succeeded", pgettext_lazy("payment", "succeeded")
    FAILED = "failed", pgettext_lazy("payment", "failed")
    SURPLUS = "surplus", pgettext_lazy("payment", "not owed, given back")


class Payment(models.Model):
    """One attempt to pay a bill through a gateway."""

    reference = models.CharField(max_length=40, unique=True)
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=40)
    method = models.CharField(max_length=40)  # card, wallet, transfer …
    amount = MoneyField()
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.STARTED)
    gateway_reference = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["bill"], condition=Q(state="succeeded"), name="bill_paid_once"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_reference"],
                condition=~Q(gateway_reference=""),
                name="gateway_reference_once",
            ),
        ]
        indexes = [models.Index(fields=["gateway", "settled_at"], name="payment_day")]

    def __str__(self) -> str:
        return self.reference


class FiscalReceipt(models.Model):
    """非税收入 receipt, numbered without gaps per series and year."""

    series = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="receipt")
    amount = MoneyField()
    issued_at = models.DateTimeField()
    document_ref = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("fiscal receipt")
        verbose_name_plural = _("fiscal receipts")
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="fiscal_receipt_number_once")]

    def __str__(self) -> str:
        return f"{self.series}-{self.number:08d}"


FELL_AWAY = "fell_away"  # the reason of what the platform gives back by itself; people read it in their language
_FELL_AWAY = _("This part was taken back or fell away before anybody had examined it")


class Refund(models.Model):
    reference = models.CharField(max_length=40, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    subject = models.CharField(max_length=120, blank=True)  # Ref of the case whose line is given back
    amount = MoneyField()
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.STARTED)
    gateway_reference = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                fields=["payment", "subject"],
                condition=~Q(state="failed") & ~Q(subject=""),
                name="refund_once_per_subject",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="refund_waiting", condition=Q(state="started"))]

    def __str__(self) -> str:
        return self.reference

    @property
    def why(self) -> str:
        """In the active language where the platform gave the reason, else as an officer wrote it."""
        return str(_FELL_AWAY) if self.reason == FELL_AWAY else self.reason


class DisbursementState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("disbursement", "requested")
    SETTLED = "settled", pgettext_lazy("disbursement", "settled")
    RETURNED = "returned", pgettext_lazy("disbursement", "returned")


class Disbursement(models.Model):
    """Money out: reserved in the fund when it is requested, settled or returned by the treasury."""

    reference = models.CharField(max_length=40, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="disbursements")
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, related_name="disbursement")
    payee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="disbursements")
    payee_account = models.BinaryField()  # encrypted
    payee_account_masked = models.CharField(max_length=40)
    amount = MoneyField()
    purpose = LocalisedTextField()
    subject = models.CharField(max_length=120, db_index=True)  # Ref
    state = models.CharField(max_length=10, choices=DisbursementState, default=DisbursementState.REQUESTED)
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("disbursement")
        verbose_name_plural = _("disbursements")

    def __str__(self) -> str:
        return self.reference


class Reconciliation(models.Model):
    """A day's comparison of our payments with the gateway's file."""

    gateway = models.CharField(max_length=40)
    day = models.DateField()
    ours_fen = models.BigIntegerField()
    theirs_fen = models.BigIntegerField()
    differences = models.JSONField(default=list)
    run_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = [models.UniqueConstraint(fields=["gateway", "day"], name="reconciliation_once_a_day")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.day}"
