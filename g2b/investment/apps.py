from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvestmentConfig(AppConfig):
    name = "g2b.investment"
    label = "g2b_investment"
    verbose_name = _("G2B · Investment")

    def ready(self) -> None:
        from g2b.investment import effects  # noqa: F401
