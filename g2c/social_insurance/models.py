"""Unemployment benefit awards. Insurance accounts and contributions come with the room's own issue."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Person
from egov.kernel.money import MoneyField


class UnemploymentAward(models.Model):
    """A benefit awarded by a decision: so many months, so much a month (社会保险法 art. 45–46)."""

    case = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="unemployment_awards")
    months = models.PositiveSmallIntegerField()
    monthly_amount = MoneyField()
    starts_on = models.DateField()
    account_encrypted = models.BinaryField()
    account_masked = models.CharField(max_length=40)
    months_ordered = models.PositiveSmallIntegerField(default=0)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("unemployment benefit award")
        verbose_name_plural = _("unemployment benefit awards")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_on__isnull=True),
                name="one_unemployment_award_at_a_time",
                violation_error_message=_("This person already draws unemployment benefit."),
            ),
            # 社会保险法 art. 46: at most 24 months.
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=24), name="unemployment_months_lawful"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.months}"
