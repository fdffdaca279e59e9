"""Registrations for treatment outside the insured's own area (异地就医备案)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Person


class TreatmentRegistration(models.Model):
    """The insured person may be treated in ``place`` and settle there directly, from–to."""

    case = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="treatment_registrations")
    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("registration for treatment elsewhere")
        verbose_name_plural = _("registrations for treatment elsewhere")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="treatment_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.place}"
