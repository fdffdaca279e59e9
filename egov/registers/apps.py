from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "egov.registers"
    label = "registers"
    verbose_name = _("Registers")

    def ready(self) -> None:
        from egov.documents.registry import row_writers
        from egov.registers import configuration, evidence, handlers, rows  # noqa: F401

        row_writers.add("registers", rows.rows_of)
