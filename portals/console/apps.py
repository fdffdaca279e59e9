from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portals.shared import navigation


class ConsolePortalConfig(AppConfig):
    name = "portals.console"
    label = "portal_console"
    verbose_name = _("Portal: console")

    def ready(self) -> None:
        platform = frozenset({"platform_admin"})
        navigation.add(
            "console",
            navigation.NavItem(_("Overview"), "console:home", order=10),
            navigation.NavItem(_("Departments"), "console:departments", order=20, beside=("units", "posts")),
            navigation.NavItem(_("Services"), "console:services", order=30, beside=("dictionary", "replays")),
            navigation.NavItem(_("Events"), "console:events", order=35),
            navigation.NavItem(_("Who handles what"), "console:competences", order=40),
            navigation.NavItem(_("Decision tables"), "console:tables", order=45, roles=platform),
            navigation.NavItem(_("Words"), "console:words", order=50, beside=("topics", "concepts")),
            navigation.NavItem(_("Calendars"), "console:calendars", order=60),
            navigation.NavItem(_("Seals"), "console:seals", order=70),
            navigation.NavItem(_("Permissions"), "console:permissions", order=80),
            navigation.NavItem(_("Changes"), "console:changes", order=90),
            navigation.NavItem(_("Configuration"), "console:configuration", order=95, roles=platform),
            navigation.NavItem(_("System"), "console:system", order=100, roles=platform),
        )
        navigation.set_search(
            "console", navigation.SearchBox("console:services", _("Find a service"), in_capacity=True)
        )
