from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "egov.intake"
    label = "intake"
    verbose_name = _("Intake")

    def ready(self) -> None:
        from egov.intake import consumers, subjects  # noqa: F401 (register what they consume and how rows are named)
