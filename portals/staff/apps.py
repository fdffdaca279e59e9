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
            navigation.NavItem(_("Opinions"), "staff:opinions", order=20),
            navigation.NavItem(_("Led by us"), "staff:board", order=25),
            navigation.NavItem(_("Team"), "staff:team", order=30),
            navigation.NavItem(_("Supervision"), "staff:supervision", order=40),
            navigation.NavItem(_("Requests"), "staff:requests", order=50),
            navigation.NavItem(_("Search"), "staff:search", order=60),
            navigation.NavItem(_("Words"), "staff:meant", order=70),
            navigation.NavItem(_("Help"), "staff:help", order=90),
        )
        navigation.set_search(
            "staff", navigation.SearchBox("staff:search", _("Find a case: number, name, service"), in_capacity=True)
        )
