"""Messages to people and the proof that they left."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egov.identity.models import Party
from egov.kernel.text import LocalisedTextField


class Notice(models.Model):
    """A row in a party's inbox. ``key`` names the event it tells of; the constraint makes it exist once."""

    recipient = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="notices")
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)  # Ref
    title = LocalisedTextField()
    body = LocalisedTextField()
    needs_action = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notice_once")]
        indexes = [models.Index(fields=["recipient", "-created_at"], name="notice_inbox")]

    def __str__(self) -> str:
        return self.key


class DeliveryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("delivery", "waiting")
    SENT = "sent", pgettext_lazy("delivery", "sent")
    FAILED = "failed", pgettext_lazy("delivery", "failed, will be tried again")
    DEAD = "dead", pgettext_lazy("delivery", "given up")


class Delivery(models.Model):
    """One message through one channel; partitioned by month of ``created_at``.

    ``idempotency_key`` (also the Message-ID) stays the same over all attempts, so the receiver can drop a repeat.
    """

    notice_id = models.BigIntegerField()
    channel = models.CharField(max_length=10)
    address = models.BinaryField()  # encrypted
    address_masked = models.CharField(max_length=80)
    idempotency_key = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=120, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(
                fields=["due_at"],
                name="delivery_pending",
                condition=models.Q(state__in=["waiting", "failed"]),
            ),
            models.Index(fields=["notice_id"], name="delivery_notice"),
        ]

    def __str__(self) -> str:
        return self.idempotency_key
