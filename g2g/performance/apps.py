from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PerformanceConfig(AppConfig):
    name = "g2g.performance"
    label = "g2g_performance"
    verbose_name = _("G2G · Performance")
