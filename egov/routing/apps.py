from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutingConfig(AppConfig):
    name = "egov.routing"
    label = "routing"
    verbose_name = _("Routing")

    def ready(self) -> None:
        from egov.routing import (
            configuration,  # noqa: F401
            consumers,  # noqa: F401
        )
