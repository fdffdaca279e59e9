"""What people say for what the catalogue offers, and what was made of it.

The lexicon (concepts, synonyms, examples, topics) is edited by departments; ``SearchEntry`` is derived from it and
from the catalogue by ``actions.reindex`` and never edited.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from egov.catalogue.models import Event, PublicService
from egov.kernel.history import keeps_history
from egov.kernel.text import LocalisedTextField


class Language(models.TextChoices):
    CHINESE = "zh-Hans", _("Chinese")
    ENGLISH = "en", _("English")


class Origin(models.TextChoices):
    FILE = "file", _("shipped with the product")
    CONSOLE = "console", _("added by an administrator")
    LEARNED = "learned", _("learned from a need")


class Concept(models.Model):
    """What words of either language stand for; its name is what a reason says ("拖欠工资", "unpaid wages")."""

    key = models.CharField(max_length=60, unique=True)
    name = LocalisedTextField()

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")

    def __str__(self) -> str:
        return self.key


@keeps_history
class Synonym(models.Model):
    """Words people say. ``meant`` is the key of a concept, or other words that are then understood as said too.

    ``*`` in ``said`` stands for up to six Chinese characters or three English words. A shipped row that somebody
    removed stays, switched off, so that loading the files again does not bring it back.
    """

    language = models.CharField(max_length=10, choices=Language)
    said = models.CharField(max_length=80)
    meant = models.CharField(max_length=200)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.CONSOLE)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        constraints = [
            models.UniqueConstraint(
                fields=["language", "said", "meant"],
                name="synonym_once",
                violation_error_message=_("This word is known already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.said} → {self.meant}"


@keeps_history
class Example(models.Model):
    """A sentence somebody says when they need ``target``: a service or event code, "topic:<key>", or "none"."""

    target = models.CharField(max_length=64)
    language = models.CharField(max_length=10, choices=Language)
    text = models.CharField(max_length=300)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.CONSOLE)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        constraints = [
            models.UniqueConstraint(
                fields=["target", "text"],
                name="example_once",
                violation_error_message=_("This sentence is known already."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


@keeps_history
class Topic(models.Model):
    """Words too general to mean one service, and the one question that tells the services apart.

    ``options``: [{"text": {"zh-Hans", "en"}, "codes": ["HF05", …]}], two to four.
    """

    key = models.CharField(max_length=40, unique=True)
    question = LocalisedTextField()
    options = models.JSONField()
    loaded_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.key


class SearchEntry(models.Model):
    """One text of a target as the index reads it: a name, a need, an example, a question, an output.

    ``features`` are kind and value ("c:unpaid_wages w:工资 b:工资"), ``words`` the words alone for full-text search.
    """

    target = models.CharField(max_length=64)
    service = models.ForeignKey(PublicService, null=True, on_delete=models.CASCADE, related_name="search_entries")
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="search_entries")
    language = models.CharField(max_length=10)
    kind = models.CharField(max_length=12)
    text = models.TextField()
    features = models.TextField()
    words = models.TextField()
    weight = models.FloatField(default=1)
    vector = models.GeneratedField(
        expression=SearchVector("words", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [
            models.Index(fields=["target"], name="search_entry_target"),
            GinIndex(fields=["vector"], name="search_entry_vector"),
            GinIndex(fields=["text"], name="search_entry_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Need(models.Model):
    """What somebody said and what was offered; no party and no numbers, so that it can be learned from.

    ``corrected``: an officer said afterwards what had been meant. ``learned``: reviewed, taken as an example or not.
    """

    text = models.TextField()
    language = models.CharField(max_length=10)
    region = models.CharField(max_length=12, blank=True)
    offered = models.JSONField(default=list)
    asked_back = models.BooleanField(default=False)
    chosen = models.CharField(max_length=64, blank=True)
    corrected = models.BooleanField(default=False)
    learned = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        indexes = [
            # What waits for review: few of very many, since most needs are never chosen from.
            models.Index(fields=["-corrected", "-id"], name="need_waiting", condition=Q(learned=False) & ~Q(chosen="")),
        ]

    def __str__(self) -> str:
        return self.text[:60]
