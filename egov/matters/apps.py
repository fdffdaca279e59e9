from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    name = "egov.matters"
    label = "matters"
    verbose_name = _("Matters")

    def ready(self) -> None:
        from egov.matters import consumers, subjects  # noqa: F401 (register what they consume and how rows are named)
