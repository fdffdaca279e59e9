from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DecisionSupportConfig(AppConfig):
    name = "g2e.decision_support"
    label = "g2e_decision_support"
    verbose_name = _("G2E · Decision support")
