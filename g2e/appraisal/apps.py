from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppraisalConfig(AppConfig):
    name = "g2e.appraisal"
    label = "g2e_appraisal"
    verbose_name = _("G2E · Appraisal")
