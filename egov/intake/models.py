"""Drafts and submissions: what people type is never lost and never taken twice."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.documents.models import StoredFile
from egov.identity.models import Party
from egov.kernel.text import LocalisedText


class Draft(models.Model):
    """A form being filled in. Saved as it is typed, valid or not; resumed on any device."""

    reference = models.CharField(max_length=40, unique=True)
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="drafts")
    author_id = models.BigIntegerField()  # party of the human who types
    capacity = models.CharField(max_length=40)
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="+")  # of a bundle, the first
    # Of a bundle: its members with the versions they were started under, their order, and what decided about them
    # (``rules.bundle``); empty for a single service.
    plan = models.JSONField(default=dict, blank=True)
    event = models.CharField(max_length=10, blank=True)
    need = models.TextField(blank=True)
    about = models.CharField(max_length=40, blank=True)  # reference of the case whose decision it contests
    region = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)  # field -> {"register", "as_of", "value"}
    page = models.CharField(max_length=60, blank=True)
    saved_at = models.DateTimeField()
    started_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        indexes = [
            models.Index(
                fields=["applicant", "-saved_at"],
                name="draft_open",
                condition=Q(submitted_at__isnull=True, discarded_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def title(self) -> LocalisedText:
        """What the whole is called: the event of a bundle, or the one service."""
        several = bool(self.plan) and not self.plan.get("joins")
        return catalogue.event(self.event).name if several else self.version.name


class Attachment(models.Model):
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="attachments")
    material = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return f"{self.draft_id} {self.material}"


class Submission(models.Model):
    """What was sent, as it was sent."""

    reference = models.CharField(max_length=40, unique=True)
    draft = models.OneToOneField(Draft, null=True, blank=True, on_delete=models.PROTECT, related_name="submission")
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="submissions")
    filed_by_id = models.BigIntegerField()
    capacity = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, default="web")  # web, api, import, hall
    answers = models.JSONField()
    sources = models.JSONField(default=dict)
    answers_digest = models.BinaryField(max_length=32)
    matter = models.CharField(max_length=40, db_index=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")

    def __str__(self) -> str:
        return self.reference


class Replay(models.Model):
    """What a version in work would have changed: stored answers run again under it and under the one in force.

    ``subject`` is the code of a service or an event; ``cases`` names those whose outcome would differ, with the reasons.
    """

    subject = models.CharField(max_length=64)
    of_event = models.BooleanField(default=False)
    before_id = models.BigIntegerField()  # the version in force, of the service or of the event
    after_id = models.BigIntegerField()
    before_number = models.PositiveIntegerField()
    after_number = models.PositiveIntegerField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # kind of reason -> number of cases
    # [{"kind", "text": localised text, "cases": number of cases}], the most frequent first
    reasons = models.JSONField(default=list)
    cases = models.JSONField(default=list)  # [{"case": reference, "reasons": [localised text]}]
    asked_by_id = models.BigIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, blank=True)  # when its worker last showed that it is at it
    finished_at = models.DateTimeField(null=True, blank=True)
    failed = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("replay of a version")
        verbose_name_plural = _("replays of versions")
        indexes = [models.Index(fields=["subject", "-id"], name="replay_subject")]

    def __str__(self) -> str:
        return f"{self.subject} v{self.before_number} → v{self.after_number}"
