from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationConfig(AppConfig):
    name = "g2b.registration"
    label = "g2b_registration"
    verbose_name = _("G2B · Registration")

    def ready(self) -> None:
        from g2b.registration import effects  # noqa: F401
