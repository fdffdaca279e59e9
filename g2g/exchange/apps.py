from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "g2g.exchange"
    label = "g2g_exchange"
    verbose_name = _("G2G · Exchange")

    def ready(self) -> None:
        from g2g.exchange import effects  # noqa: F401
