from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JudicialArchivesConfig(AppConfig):
    name = "g2g.judicial_archives"
    label = "g2g_judicial_archives"
    verbose_name = _("G2G · Judicial archives")
