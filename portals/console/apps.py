from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsolePortalConfig(AppConfig):
    name = "portals.console"
    label = "portal_console"
    verbose_name = _("Portal: console")
