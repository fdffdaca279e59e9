from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdvisoryConfig(AppConfig):
    name = "g2b.advisory"
    label = "g2b_advisory"
    verbose_name = _("G2B · Advisory")
