from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class LawConfig(AppConfig):
    name = "egov.law"
    label = "law"
    verbose_name = _("Law")

    def ready(self) -> None:
        from egov.law import configuration  # noqa: F401

        import_module(f"egov.law.{settings.EGOV_JURISDICTION}.formulas").register()
