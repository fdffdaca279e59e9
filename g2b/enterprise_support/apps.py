from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnterpriseSupportConfig(AppConfig):
    name = "g2b.enterprise_support"
    label = "g2b_enterprise_support"
    verbose_name = _("G2B · Enterprise support")
