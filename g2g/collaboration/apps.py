from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollaborationConfig(AppConfig):
    name = "g2g.collaboration"
    label = "g2g_collaboration"
    verbose_name = _("G2G · Collaboration")
