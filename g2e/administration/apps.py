from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "g2e.administration"
    label = "g2e_administration"
    verbose_name = _("G2E · Administration")

    def ready(self) -> None:
        from g2e.administration import effects  # noqa: F401
