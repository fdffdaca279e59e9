"""Computed values of the measures that rooms declare."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeasureValue(models.Model):
    """One measure over one period for one slice (all, a department, a service …)."""

    measure = models.CharField(max_length=80)
    slice = models.CharField(max_length=80, blank=True)  # "" = all, else "department:12", "service:SI07"
    period_start = models.DateField()
    period_end = models.DateField()
    numerator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    low = models.DecimalField(max_digits=20, decimal_places=6, null=True)  # 95 % interval, where it is a rate
    high = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("value of a measure")
        verbose_name_plural = _("values of measures")
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "slice", "period_start", "period_end"], name="measure_value_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.slice} {self.period_start}"


class Availability(models.Model):
    """Whether the service answered in one minute slot, measured from outside the web process."""

    at = models.DateTimeField(unique=True)
    ok = models.BooleanField()
    milliseconds = models.PositiveIntegerField(null=True)
    failed_parts = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("availability probe")
        verbose_name_plural = _("availability probes")

    def __str__(self) -> str:
        return f"{self.at} {'ok' if self.ok else 'down'}"
