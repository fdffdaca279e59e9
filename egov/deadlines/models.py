"""Working days as rows, and statutory clocks with pauses."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Organisation
from egov.kernel.history import keeps_history
from egov.kernel.text import LocalisedTextField


class WorkCalendar(models.Model):
    """Which days are working days; one is the default, a department may have its own."""

    key = models.CharField(max_length=40, unique=True)
    name = LocalisedTextField()
    departments = models.ManyToManyField(Organisation, blank=True, related_name="calendars")
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")

    def __str__(self) -> str:
        return self.key


@keeps_history
class CalendarDay(models.Model):
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    is_working = models.BooleanField()
    name = LocalisedTextField()
    provisional = models.BooleanField(default=False)  # the authority has not published this year yet

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {'+' if self.is_working else '-'}"


class LimitUnit(models.TextChoices):
    WORKING_DAY = "wd", _("working days")
    DAY = "d", _("natural days")
    MONTH = "m", _("months")
    HOUR = "h", _("hours")


class Clock(models.Model):
    """A limit that runs for a subject (``Ref``). ``due_at`` is stored, recomputed on pause, resume and extension."""

    subject = models.CharField(max_length=120)
    kind = models.CharField(max_length=24)  # promised, statutory, correction, opinion, delivery …
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="+")
    limit = models.PositiveIntegerField()
    unit = models.CharField(max_length=2, choices=LimitUnit)
    extended_by = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=120, blank=True)  # instrument and article

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind"], condition=Q(stopped_at__isnull=True), name="clock_runs_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="clock_running",
                condition=Q(stopped_at__isnull=True, paused_at__isnull=True, missed_at__isnull=True),
            ),
            models.Index(fields=["subject"], name="clock_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"


class ClockPause(models.Model):
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("pause of a clock")
        verbose_name_plural = _("pauses of clocks")
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(to_at__isnull=True), name="clock_pause_open_once"),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=F("from_at")), name="clock_pause_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.from_at}"
