from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharedPortalConfig(AppConfig):
    name = "portals.shared"
    label = "portal_shared"
    verbose_name = _("Portals: shared")
