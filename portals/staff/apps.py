from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portals.shared import navigation


class StaffPortalConfig(AppConfig):
    name = "portals.staff"
    label = "portal_staff"
    verbose_name = _("Portal: staff")

    def ready(self) -> None:
        navigation.add(
            "staff",
            navigation.NavItem(_("Inbox"), "staff:inbox", order=10),
            navigation.NavItem(_("Search"), "staff:search", order=20),
            navigation.NavItem(_("Opinions"), "staff:opinions", order=30),
            navigation.NavItem(_("Team"), "staff:team", order=40),
        )
