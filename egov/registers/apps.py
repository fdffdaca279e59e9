from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "egov.registers"
    label = "registers"
    verbose_name = _("Registers")

    def ready(self) -> None:
        from egov.registers import handlers  # noqa: F401
