from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParticipationConfig(AppConfig):
    name = "g2c.participation"
    label = "g2c_participation"
    verbose_name = _("G2C · Participation")
