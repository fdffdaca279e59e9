from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portals.shared import navigation


class ConsolePortalConfig(AppConfig):
    name = "portals.console"
    label = "portal_console"
    verbose_name = _("Portal: console")

    def ready(self) -> None:
        navigation.add(
            "console",
            navigation.NavItem(_("Overview"), "console:home", order=10),
            navigation.NavItem(_("Departments"), "console:departments", order=20),
            navigation.NavItem(_("Services"), "console:services", order=30),
            navigation.NavItem(_("Routing"), "console:routing", order=40),
            navigation.NavItem(_("Calendars"), "console:calendars", order=50),
            navigation.NavItem(_("Seals"), "console:seals", order=60),
            navigation.NavItem(_("Permissions"), "console:permissions", order=70),
        )
