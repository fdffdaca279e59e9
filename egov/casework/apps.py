from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "egov.casework"
    label = "casework"
    verbose_name = _("Casework")

    def ready(self) -> None:
        from egov.casework import consumers, decided, effects, measures, subjects, worklist  # noqa: F401

        measures.register()
