from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "g2e.training"
    label = "g2e_training"
    verbose_name = _("G2E · Training")
