"""The register of market entities: who is registered, since when, with which scope and capital."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Organisation
from egov.kernel.money import MoneyField


class Registration(models.Model):
    """An entry of the register of market entities (市场主体登记管理条例 art. 8–9)."""

    organisation = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.PROTECT, related_name="registration"
    )
    case = models.CharField(max_length=40, unique=True)  # reference of the case that registered it
    registered_on = models.DateField()
    scope = models.TextField()
    capital = MoneyField(null=True, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    shareholders = models.JSONField(default=list)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the register of market entities")
        verbose_name_plural = _("entries of the register of market entities")

    def __str__(self) -> str:
        return str(self.organisation)
