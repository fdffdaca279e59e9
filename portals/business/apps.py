from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BusinessPortalConfig(AppConfig):
    name = "portals.business"
    label = "portal_business"
    verbose_name = _("Portal: business")

    def ready(self) -> None:
        from portals.applicant.menu import fill

        fill("business")
