from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiPortalConfig(AppConfig):
    name = "portals.api"
    label = "portal_api"
    verbose_name = _("Portal: api")
