"""The main menu of applicants, the same for both portals."""

from django.utils.translation import gettext_lazy as _

from portals.shared import navigation
from portals.shared.navigation import NavItem


def fill(portal: str) -> None:
    navigation.add(
        portal,
        NavItem(_("My matters"), f"{portal}:home", order=10),
        NavItem(_("Documents"), f"{portal}:documents", order=20),
        NavItem(_("Bills"), f"{portal}:bills", order=30),
        NavItem(_("Notices"), f"{portal}:notices", order=40),
        NavItem(_("Mandates"), f"{portal}:mandates", order=50),
        NavItem(_("My data"), f"{portal}:my_data", order=60),
        NavItem(_("Settings"), f"{portal}:settings", order=70),
        NavItem(_("Help"), f"{portal}:help", order=80),
    )
