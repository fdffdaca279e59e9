from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EducationConfig(AppConfig):
    name = "g2c.education"
    label = "g2c_education"
    verbose_name = _("G2C · Education")
