"""Leave of civil servants. Meetings, duty, assets and supervised tasks come with the room's own issue."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egov.identity.models import Post


class LeaveKind(models.TextChoices):
    ANNUAL = "annual", _("annual leave")
    SICK = "sick", _("sick leave")
    PERSONAL = "personal", _("personal leave")
    MARRIAGE = "marriage", _("marriage leave")
    MATERNITY = "maternity", _("maternity leave")
    BEREAVEMENT = "bereavement", _("bereavement leave")


class Leave(models.Model):
    """Granted leave. ``working_days`` is what it costs of the balance, counted on the authority's calendar."""

    case = models.CharField(max_length=40, unique=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=12, choices=LeaveKind)
    first_day = models.DateField()
    last_day = models.DateField()
    working_days = models.PositiveSmallIntegerField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = pgettext_lazy("absence", "leaves")
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="leave_days_in_order"),
            ExclusionConstraint(
                name="leave_once_at_a_time",
                expressions=[
                    (F("post"), RangeOperators.EQUAL),
                    (
                        models.Func(
                            F("first_day"),
                            F("last_day"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_at__isnull=True),
                violation_error_message=_("There is already leave on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.first_day}–{self.last_day}"
