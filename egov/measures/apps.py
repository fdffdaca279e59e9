from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "egov.measures"
    label = "measures"
    verbose_name = _("Measures")

    def ready(self) -> None:
        from egov.measures import declared

        declared.register()
