from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmploymentConfig(AppConfig):
    name = "g2c.employment"
    label = "g2c_employment"
    verbose_name = _("G2C · Employment")
