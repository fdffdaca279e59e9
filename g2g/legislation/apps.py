from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LegislationConfig(AppConfig):
    name = "g2g.legislation"
    label = "g2g_legislation"
    verbose_name = _("G2G · Legislation")
