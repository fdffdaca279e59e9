from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficialDocumentsConfig(AppConfig):
    name = "g2g.official_documents"
    label = "g2g_official_documents"
    verbose_name = _("G2G · Official documents")
