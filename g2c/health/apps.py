from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    name = "g2c.health"
    label = "g2c_health"
    verbose_name = _("G2C · Health")

    def ready(self) -> None:
        from g2c.health import effects  # noqa: F401
