"""Authorisations to share data between departments. Catalogues and transport come with the room's own issue."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Organisation


class SharingGrant(models.Model):
    """A department may use a data set for a purpose until a day (政务数据共享条例, in force 2025-08-01)."""

    case = models.CharField(max_length=40, unique=True)
    recipient = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sharing_grants")
    granted_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    data_set = models.CharField(max_length=80)
    elements = models.TextField()
    purpose = models.TextField()
    legal_basis = models.CharField(max_length=300)
    mode = models.CharField(max_length=10, choices=[("query", _("query")), ("batch", _("batch"))])
    valid_from = models.DateField()
    valid_to = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("data sharing grant")
        verbose_name_plural = _("data sharing grants")

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.data_set}"
