from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffPortalConfig(AppConfig):
    name = "portals.staff"
    label = "portal_staff"
    verbose_name = _("Portal: staff")
