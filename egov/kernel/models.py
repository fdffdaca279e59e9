"""Rows the platform itself needs: outbox, consumed messages, idempotency keys, gapless counters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """An event written in the same transaction as the act. Delivered after commit, at least once.

    Partitioned by month of ``emitted_at`` in the database, so nothing may point at it by foreign key.
    """

    emitted_at = models.DateTimeField()
    name = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField()
    request_id = models.CharField(max_length=64, blank=True)
    queue = models.CharField(max_length=16, default="ordinary")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        indexes = [
            models.Index(
                fields=["queue", "due_at", "id"],
                name="outbox_pending",
                condition=models.Q(delivered_at__isnull=True, dead_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version} #{self.pk}"


class ConsumedMessage(models.Model):
    """One handler took effect for one message, once; written in the handler's transaction."""

    handler = models.CharField(max_length=120)
    message_id = models.BigIntegerField()
    consumed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("consumed message")
        verbose_name_plural = _("consumed messages")
        constraints = [
            models.UniqueConstraint(fields=["handler", "message_id"], name="consumed_message_once"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} #{self.message_id}"


class IdempotencyKey(models.Model):
    """The result of a request that may be repeated: the same key and content give the same result."""

    scope = models.CharField(max_length=64)
    owner = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    digest = models.BinaryField(max_length=32)
    result = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["scope", "owner", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}/{self.key}"


class Counter(models.Model):
    """A number without gaps (document numbers, receipts): locked and raised in the deciding transaction."""

    key = models.CharField(max_length=120, unique=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


class DemoState(models.Model):
    """How far the demonstration city is laid: one row per stage."""

    stage = models.CharField(max_length=64, unique=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("demonstration stage")
        verbose_name_plural = _("demonstration stages")

    def __str__(self) -> str:
        return f"{self.stage}: {self.done}/{self.total}"


class PartitionedTable(models.Model):
    """Tables that get a partition per month (see ``kernel.partitions``)."""

    table_name = models.CharField(max_length=63, unique=True)
    column_name = models.CharField(max_length=63)

    class Meta:
        verbose_name = _("partitioned table")
        verbose_name_plural = _("partitioned tables")

    def __str__(self) -> str:
        return self.table_name
