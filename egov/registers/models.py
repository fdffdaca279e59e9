"""The dictionary of data elements, what a party already holds, and consent. Facts are read through handlers."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egov.identity.models import Organisation, Party
from egov.kernel.text import LocalisedTextField


class Register(models.Model):
    """A register and who keeps it; ``handler`` names the code that reads it."""

    key = models.CharField(max_length=60, unique=True)
    name = LocalisedTextField()
    keeper = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handler = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")

    def __str__(self) -> str:
        return self.key


class DataElement(models.Model):
    """One datum of the administration: name, type (a JSON Schema), meaning, the register that holds it."""

    key = models.CharField(max_length=80, unique=True)  # "person.name", "shop.area_sqm"
    name = LocalisedTextField()
    meaning = LocalisedTextField()
    schema = models.JSONField(default=dict)
    register = models.ForeignKey(Register, null=True, blank=True, on_delete=models.PROTECT, related_name="elements")
    sensitive = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("data element")
        verbose_name_plural = _("data elements")

    def __str__(self) -> str:
        return self.key


class EvidenceType(models.Model):
    """A kind of evidence, and in which registers it is looked up: ``sources`` in this order, the first that holds it.

    A source: ``{"register": key, "of": about whom, …}`` and what the handler of that register takes.
    """

    key = models.CharField(max_length=60, unique=True)
    name = LocalisedTextField()
    sources = models.JSONField(default=list)

    class Meta:
        verbose_name = _("type of evidence")
        verbose_name_plural = _("types of evidence")

    def __str__(self) -> str:
        return self.key


class HoldingQuerySet(models.QuerySet["Holding"]):
    def in_force(self, on: dt.date) -> Self:
        """What is valid on that day and was not ended."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on, ended_at__isnull=True)


class Holding(models.Model):
    """A party holds the output of a service (a licence, an enrolment), from–to; sources: cases and imports."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="holdings")
    service = models.CharField(max_length=40)  # the service whose output it is
    output = models.CharField(max_length=40)  # credential type or output key
    source = models.CharField(max_length=120)  # Ref of case or credential
    data = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        constraints = [models.UniqueConstraint(fields=["source", "output"], name="holding_source_once")]
        indexes = [models.Index(fields=["party", "service"], name="holding_party_service")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.output}"


class Consent(models.Model):
    """A party lets a department read named elements for a purpose. Given and revoked by rows."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="consents")
    recipient = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    elements = models.JSONField(default=list)  # keys of elements, or of the materials of the services asked for
    purpose = LocalisedTextField()
    subject = models.CharField(max_length=120, db_index=True)  # Ref
    given_by_id = models.BigIntegerField()
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["party", "recipient", "subject"],
                condition=Q(revoked_at__isnull=True),
                name="consent_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id} → {self.recipient_id}"


class FactCorrection(models.Model):
    """A person says that a fact held about them is wrong."""

    reference = models.CharField(max_length=40, unique=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="fact_corrections")
    element = models.ForeignKey(DataElement, on_delete=models.PROTECT, related_name="+")
    present = models.JSONField(null=True)
    proposed = models.JSONField()
    reason = models.TextField(blank=True)
    state = models.CharField(
        max_length=10,
        default="open",
        choices=[
            ("open", _("open")),
            ("accepted", _("accepted")),
            ("refused", pgettext_lazy("of a correction", "refused")),
        ],
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        verbose_name = _("correction of a fact")
        verbose_name_plural = _("corrections of facts")

    def __str__(self) -> str:
        return self.reference
