from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InformationConfig(AppConfig):
    name = "g2b.information"
    label = "g2b_information"
    verbose_name = _("G2B · Information")
