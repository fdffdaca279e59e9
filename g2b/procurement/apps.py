from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcurementConfig(AppConfig):
    name = "g2b.procurement"
    label = "g2b_procurement"
    verbose_name = _("G2B · Procurement")
