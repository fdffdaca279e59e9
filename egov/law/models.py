"""Law as data: instruments, dated parameters, procedures, decision tables, citations."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from egov.kernel.authorship import Authored
from egov.kernel.text import LocalisedTextField


class Instrument(models.Model):
    """A statute, regulation or normative document that others cite. Texts and versions: g2g.legislation."""

    key = models.CharField(max_length=80, unique=True)  # "cn.licensing-law"
    title = LocalisedTextField()
    number = models.CharField(max_length=80, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    in_force_to = models.DateField(null=True, blank=True)
    loaded_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")

    def __str__(self) -> str:
        return self.key


class Parameter(models.Model):
    """A value of the law with the time it holds; ``value`` is JSON with decimals as strings."""

    key = models.CharField(max_length=120)
    region = models.CharField(max_length=12, blank=True)
    value = models.JSONField()
    unit = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="parameters")
    article = models.CharField(max_length=40, blank=True)
    loaded_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        constraints = [
            models.UniqueConstraint(fields=["key", "region", "valid_from"], name="parameter_from_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} from {self.valid_from}"


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    RETIRED = "retired", _("retired")


class Procedure(Authored):
    """A statutory procedure: correction window, limits, extension, what stops the clock, remedies, the article for each.

    ``definition`` is validated by ``law.rules.ProcedureDefinition``.
    """

    key = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    name = LocalisedTextField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    definition = models.JSONField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="procedure_version_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(state="published"), name="procedure_published_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class DecisionTable(Authored):
    """A JSON Decision Model with its declared input types, its source and its tests.

    ``model`` is the table as it is written (``law.rules.TableDefinition``: inputs, outputs, rules); what the engine
    runs is made from it.
    """

    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    name = LocalisedTextField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    model = models.JSONField()
    inputs = models.JSONField(default=dict)  # name -> JSON Schema
    tests = models.JSONField(default=list)  # [{"input": {...}, "output": {...}}]
    source = models.JSONField(default=list)  # [{"instrument": ..., "article": ...}]
    revision = models.PositiveIntegerField(default=0)  # raised by every edit; a stale page is refused

    class Meta:
        verbose_name = _("decision table")
        verbose_name_plural = _("decision tables")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="decision_table_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="published"), name="decision_table_published_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class Citation(models.Model):
    """Something (``citing``, a ``Ref``) rests on an article, as the law stood on ``fact_date``."""

    citing = models.CharField(max_length=120)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="citations")
    article = models.CharField(max_length=40, blank=True)
    fact_date = models.DateField()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["citing", "instrument", "article", "fact_date"], name="citation_once"),
        ]
        indexes = [models.Index(fields=["citing"], name="citation_citing")]

    def __str__(self) -> str:
        return f"{self.citing} → {self.instrument_id} {self.article}"
