from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CitizenPortalConfig(AppConfig):
    name = "portals.citizen"
    label = "portal_citizen"
    verbose_name = _("Portal: citizen")

    def ready(self) -> None:
        from portals.applicant.menu import fill

        fill("citizen")
