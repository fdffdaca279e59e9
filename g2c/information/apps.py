from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InformationConfig(AppConfig):
    name = "g2c.information"
    label = "g2c_information"
    verbose_name = _("G2C · Information")
