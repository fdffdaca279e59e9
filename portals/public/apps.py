from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portals.shared import navigation
from portals.shared.navigation import NavItem


class PublicPortalConfig(AppConfig):
    name = "portals.public"
    label = "portal_public"
    verbose_name = _("Portal: public")

    def ready(self) -> None:
        navigation.add(
            "public",
            NavItem(_("Services"), "public:front", order=10, prefix="/service"),
            NavItem(_("My matters"), "shared:me", order=20),
            NavItem(pgettext_lazy("menu", "Open"), "public:performance", order=30),
            NavItem(pgettext_lazy("menu", "Track"), "public:track", order=40),
            NavItem(pgettext_lazy("menu", "Verify"), "public:verify", order=50),
        )
