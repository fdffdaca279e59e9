"""What was asked for as one whole: its members, their order, one timeline."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from egov.catalogue.models import PublicService
from egov.identity.models import Organisation, Party, Unit
from egov.kernel.text import LocalisedTextField


class MatterState(models.TextChoices):
    OPEN = "open", _("in progress")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Matter(models.Model):
    reference = models.CharField(max_length=40, unique=True)
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="matters")
    filed_by_id = models.BigIntegerField(null=True, blank=True)
    capacity = models.CharField(max_length=40)
    title = LocalisedTextField()
    need = models.TextField(blank=True)  # the sentence it began with
    event = models.CharField(max_length=10, blank=True)  # code of the life or business event
    state = models.CharField(max_length=10, choices=MatterState, default=MatterState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    promised_due_at = models.DateTimeField(null=True, blank=True)  # as of the last look (``actions.watch_promises``)
    # Of an event: who answers for the whole, and since when a member endangers its promise.
    lead = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lead_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    endangered_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        indexes = [
            models.Index(fields=["applicant", "-id"], name="matter_applicant"),
            models.Index(
                fields=["lead", "promised_due_at", "id"],
                name="matter_led",
                condition=Q(lead__isnull=False, state="open"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lead__isnull=True, lead_unit__isnull=True) | Q(lead__isnull=False, lead_unit__isnull=False),
                name="matter_lead_has_unit",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class MemberState(models.TextChoices):
    WAITING = "waiting", _("waiting for others")
    OPEN = "open", _("in progress")
    DONE = "done", _("done")
    FAILED = "failed", _("ended without success")
    DROPPED = "dropped", _("no longer needed")


class Member(models.Model):
    """One service of a matter, and the case that carries it (by reference)."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="members")
    key = models.CharField(max_length=64)
    service = models.ForeignKey(PublicService, on_delete=models.PROTECT, related_name="+")
    case = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=MemberState, default=MemberState.WAITING)
    order = models.PositiveSmallIntegerField(default=0)
    optional = models.BooleanField(default=False)
    answers = models.JSONField(default=dict)  # its part, kept until its case is opened
    route = models.JSONField(default=dict)
    outputs = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Why it was undone: {"why", "of": keys of the members it followed, "back": money that is not owed}.
    undone = models.JSONField(default=dict)
    endangers_since = models.DateTimeField(null=True, blank=True)  # the promise of the whole; None: it does not

    class Meta:
        verbose_name = _("member of a matter")
        verbose_name_plural = _("members of matters")
        constraints = [
            models.UniqueConstraint(fields=["matter", "key"], name="member_once"),
            models.UniqueConstraint(fields=["case"], condition=~Q(case=""), name="member_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.key}"


class Dependency(models.Model):
    """``after`` starts when ``before`` has succeeded; rows of one ``group`` are alternatives."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="dependencies")
    before = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="leads_to")
    after = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="waits_for")
    group = models.CharField(max_length=40, blank=True)
    passes = models.JSONField(default=dict)  # output element -> answer element

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="dependency_not_on_self"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"
