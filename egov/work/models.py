"""The one to-do list of civil servants. Subjects are named by ``Ref``; this room knows none of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egov.identity.models import Organisation, Post, Unit
from egov.kernel.text import LocalisedTextField


class PlanState(models.TextChoices):
    RUNNING = "running", _("running")
    SUSPENDED = "suspended", _("suspended")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


class Plan(models.Model):
    """A run of a plan definition for one subject. The definition is copied, so a new version never changes it."""

    subject = models.CharField(max_length=120)
    key = models.CharField(max_length=80)
    definition = models.JSONField()
    context = models.JSONField(default=dict)  # what conditions may look at
    # What the items of later steps are given.
    title = LocalisedTextField()
    subtitle = models.CharField(max_length=200, blank=True)
    topic = models.CharField(max_length=64, blank=True)
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    excluded_persons = ArrayField(models.BigIntegerField(), default=list, blank=True)
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.RUNNING)
    outcome = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "key"], condition=Q(state__in=["running", "suspended"]), name="plan_runs_once"
            )
        ]
        indexes = [models.Index(fields=["subject"], name="plan_subject")]

    def __str__(self) -> str:
        return f"{self.key} for {self.subject}"


class StepState(models.TextChoices):
    ACTIVE = "active", _("active")
    DONE = "done", pgettext_lazy("step", "done")
    SKIPPED = "skipped", _("skipped")
    RETURNED = "returned", _("sent back for another round")
    CANCELLED = "cancelled", _("cancelled")


LIVE_STEPS = ["active", "done", "skipped"]


class Step(models.Model):
    """A token on a step of a plan. One token of a step counts at a time; sent back, the step gets a new one."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(max_length=60)
    round = models.PositiveSmallIntegerField(default=1)  # raised when a reviewer returns the work
    state = models.CharField(max_length=10, choices=StepState, default=StepState.ACTIVE)
    outcome = models.CharField(max_length=40, blank=True)
    persons = ArrayField(models.BigIntegerField(), default=list, blank=True)  # parties who did it
    entered_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["plan", "key", "round"], name="step_once_a_round"),
            models.UniqueConstraint(fields=["plan", "key"], condition=Q(state__in=LIVE_STEPS), name="step_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.key}"


class ItemState(models.TextChoices):
    OPEN = "open", _("waiting to be claimed")
    CLAIMED = "claimed", _("in hand")
    DONE = "done", pgettext_lazy("step", "done")
    CANCELLED = "cancelled", _("cancelled")


OPEN_ITEMS = ["open", "claimed"]


class WorkItem(models.Model):
    """Something a unit (or one post) has to do. The staff inbox reads only this table.

    ``title`` and ``subtitle`` say what it is about (a service and an applicant), ``task`` what is to be done;
    ``topic`` is the key its room filters by (a service code).
    """

    subject = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)  # accept, review, decide, sign, opinion, rectify, message …
    step = models.ForeignKey(Step, null=True, blank=True, on_delete=models.CASCADE, related_name="items")
    title = LocalisedTextField()
    subtitle = models.CharField(max_length=200, blank=True)
    task = LocalisedTextField()
    topic = models.CharField(max_length=64, blank=True)
    # Open work is found by the partial indexes below; what is done needs none of these.
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=40, blank=True)  # only posts with this role may claim it
    assignee = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    excluded_persons = models.JSONField(default=list)  # four eyes: who did the earlier step may not do this one
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.OPEN)
    outcome = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    priority = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    paused = models.BooleanField(default=False)  # the subject's clock stands still
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("work items")
        indexes = [
            models.Index(fields=["unit", "due_at", "id"], name="work_unit_open", condition=Q(state__in=OPEN_ITEMS)),
            models.Index(fields=["assignee", "due_at", "id"], name="work_post_open", condition=Q(state__in=OPEN_ITEMS)),
            models.Index(fields=["department", "unit"], name="work_load", condition=Q(state__in=OPEN_ITEMS)),
            models.Index(
                fields=["due_at"],
                name="work_overdue",
                condition=Q(state__in=OPEN_ITEMS, paused=False, escalated_at__isnull=True, due_at__isnull=False),
            ),
            models.Index(fields=["done_by", "-done_at"], name="work_done_by", condition=Q(state="done")),
            models.Index(fields=["subject"], name="work_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(assignee__isnull=False), name="claimed_item_has_assignee"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Cover(models.Model):
    """While ``absent`` is away, ``deputy`` sees and may claim what is theirs."""

    absent = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="covered_by")
    deputy = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="covers")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("cover")
        verbose_name_plural = _("covers")
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="cover_dates_in_order"),
            models.CheckConstraint(condition=~Q(absent=F("deputy")), name="cover_by_someone_else"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.absent_id}"


class ItemEvent(models.Model):
    """What happened to a work item: claimed, assigned, delegated, returned, done."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=20)
    by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("event of a work item")
        verbose_name_plural = _("events of work items")

    def __str__(self) -> str:
        return f"{self.act} {self.item_id}"
