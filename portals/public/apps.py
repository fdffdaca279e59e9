from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicPortalConfig(AppConfig):
    name = "portals.public"
    label = "portal_public"
    verbose_name = _("Portal: public")
