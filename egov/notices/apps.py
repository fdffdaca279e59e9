from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "egov.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from egov.notices import channels, consumers  # noqa: F401
