from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TreasuryConfig(AppConfig):
    name = "g2g.treasury"
    label = "g2g_treasury"
    verbose_name = _("G2G · Treasury")
