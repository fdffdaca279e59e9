"""From a stated need to services and competent departments, with the reasons kept."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from egov.catalogue.models import Event, PublicService
from egov.identity.models import Organisation, Region, Unit
from egov.kernel.text import LocalisedTextField


class SearchEntry(models.Model):
    """One searchable text of a service or an event: its name, a sentence people say, a material, a keyword.

    ``segmented`` is the text after segmentation and stemming; ``vector`` its search vector.
    """

    service = models.ForeignKey(PublicService, null=True, on_delete=models.CASCADE, related_name="search_entries")
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="search_entries")
    language = models.CharField(max_length=10)
    kind = models.CharField(max_length=12)  # name, need, synonym, material, summary
    text = models.TextField()
    segmented = models.TextField()
    vector = SearchVectorField()
    weight = models.FloatField(default=1)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [
            GinIndex(fields=["vector"], name="search_entry_vector"),
            GinIndex(fields=["text"], name="search_entry_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Synonym(models.Model):
    """Words people say for words the catalogue uses; edited by departments."""

    language = models.CharField(max_length=10)
    said = models.CharField(max_length=80)
    meant = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        constraints = [models.UniqueConstraint(fields=["language", "said", "meant"], name="synonym_once")]

    def __str__(self) -> str:
        return f"{self.said} → {self.meant}"


class Bundle(models.Model):
    """An event composed into a form and a graph of services; the composer and fan-out build on it."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="bundle")
    name = LocalisedTextField()
    definition = models.JSONField(default=dict)
    published = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")

    def __str__(self) -> str:
        return str(self.event_id)


class Need(models.Model):
    """What somebody said and what was offered; no party, so that it can be learned from."""

    text = models.TextField()
    language = models.CharField(max_length=10)
    region = models.CharField(max_length=12, blank=True)
    offered = models.JSONField(default=list)
    asked_back = models.BooleanField(default=False)
    chosen = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")

    def __str__(self) -> str:
        return self.text[:60]


class Route(models.Model):
    """Why a service goes to a department and a unit: stored once, copied onto the case."""

    service = models.ForeignKey(PublicService, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=80)  # "competence:17" or "last-resort"
    reasons = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")

    def __str__(self) -> str:
        return f"{self.service_id} → {self.unit_id}"
