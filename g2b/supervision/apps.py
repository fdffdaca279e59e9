from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    name = "g2b.supervision"
    label = "g2b_supervision"
    verbose_name = _("G2B · Supervision")
