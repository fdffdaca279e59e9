"""Double entry in whole fen. Balance and "never overdrawn" are held by the database (triggers and checks).

A debit is positive, a credit negative. Transactions and postings are never changed; a mistake is posted back.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egov.identity.models import Organisation
from egov.kernel.text import LocalisedTextField


class Fund(models.Model):
    """Money set aside for a purpose. Both sums are kept by trigger from postings and reservations, by nobody else."""

    key = models.CharField(max_length=80, unique=True)
    name = LocalisedTextField()
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="funds")
    balance_fen = models.BigIntegerField(default=0)
    reserved_fen = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        constraints = [
            models.CheckConstraint(
                condition=Q(balance_fen__gte=F("reserved_fen")) & Q(reserved_fen__gte=0),
                name="fund_never_overdrawn",
                violation_error_message=_("The fund does not hold enough."),
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def available_fen(self) -> int:
        """What may still be promised."""
        return self.balance_fen - self.reserved_fen


class AccountKind(models.TextChoices):
    ASSET = "asset", _("asset")
    LIABILITY = "liability", _("liability")
    INCOME = "income", _("income")
    EXPENSE = "expense", _("expense")
    FUND = "fund", _("fund")


class LedgerAccount(models.Model):
    """An account of the book. One with a ``fund`` moves that fund: a credit adds to it."""

    key = models.CharField(max_length=120, unique=True)
    name = LocalisedTextField()
    kind = models.CharField(max_length=10, choices=AccountKind)
    fund = models.ForeignKey(Fund, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="fund", fund__isnull=False) | (~Q(kind="fund") & Q(fund__isnull=True)),
                name="fund_account_has_fund",
                violation_error_message=_("An account of a fund names it, and no other does."),
            ),
            models.UniqueConstraint(fields=["fund"], condition=Q(fund__isnull=False), name="one_account_per_fund"),
        ]

    def __str__(self) -> str:
        return self.key


class Transaction(models.Model):
    """A set of postings that sum to zero (deferred constraint trigger)."""

    reference = models.CharField(max_length=40, unique=True)
    booked_at = models.DateTimeField()
    memo = models.CharField(max_length=200)
    subject = models.CharField(max_length=120, db_index=True)  # Ref

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")

    def __str__(self) -> str:
        return self.reference


class Posting(models.Model):
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    amount_fen = models.BigIntegerField()  # debit positive, credit negative

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [models.CheckConstraint(condition=~Q(amount_fen=0), name="posting_not_zero")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_fen}"


class ReservationState(models.TextChoices):
    HELD = "held", pgettext_lazy("reservation", "held")
    USED = "used", pgettext_lazy("reservation", "used")
    RELEASED = "released", pgettext_lazy("reservation", "released")


class Reservation(models.Model):
    """Money promised from a fund but not yet paid."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="reservations")
    amount_fen = models.BigIntegerField()
    subject = models.CharField(max_length=120, db_index=True)  # Ref
    state = models.CharField(max_length=10, choices=ReservationState, default=ReservationState.HELD)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="reservation_positive"),
            models.CheckConstraint(
                condition=Q(state="held", ended_at__isnull=True) | (~Q(state="held") & Q(ended_at__isnull=False)),
                name="reservation_end_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount_fen}"
