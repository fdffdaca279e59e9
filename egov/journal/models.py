"""Append-only rows. What stands here is never changed or removed; the database itself refuses."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    ACT = "act", _("act")
    VIEW = "view", _("view of a record")
    LIST = "list", _("list or search")


class Entry(models.Model):
    """Who did or saw what, in which capacity, when, why; references and a digest, no content.

    Partitioned by month of ``at``; nothing points at it by foreign key. A trigger refuses update, delete and
    truncate, and another notes each new row in ``Unsealed``.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=EntryKind)
    action = models.CharField(max_length=80)
    account_id = models.BigIntegerField(null=True, blank=True)
    party_id = models.BigIntegerField(null=True, blank=True)
    capacity = models.CharField(max_length=40)
    on_behalf_of_id = models.BigIntegerField(null=True, blank=True)
    department_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    refs = ArrayField(models.CharField(max_length=120))
    content_digest = models.BinaryField(max_length=32)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [GinIndex(fields=["refs"], name="journal_entry_refs")]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"


class Unsealed(models.Model):
    """Entries that have no leaf yet; a row appears with its entry and commits with it, so none is skipped."""

    entry_id = models.BigIntegerField(primary_key=True)
    entry_at = models.DateTimeField()

    class Meta:
        verbose_name = _("unsealed entry")
        verbose_name_plural = _("unsealed entries")

    def __str__(self) -> str:
        return str(self.entry_id)


class Leaf(models.Model):
    """The place of a committed entry in the log (RFC 9162 §2.1: leaf hash over 0x00 and the entry's bytes)."""

    index = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    entry_at = models.DateTimeField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("leaf")
        verbose_name_plural = _("leaves")

    def __str__(self) -> str:
        return str(self.index)


class TreeNode(models.Model):
    """Hash of a complete subtree of 2**level leaves, the ``index``-th of its level; level 0 is ``Leaf``."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("tree node")
        verbose_name_plural = _("tree nodes")
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="tree_node_place")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class TreeHead(models.Model):
    """A signed head of the log: size, root, time, signature (Ed25519) and the key it was made with."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    signed_at = models.DateTimeField()
    key_id = models.CharField(max_length=64)
    signature = models.BinaryField()

    class Meta:
        verbose_name = _("signed tree head")
        verbose_name_plural = _("signed tree heads")

    def __str__(self) -> str:
        return str(self.size)
