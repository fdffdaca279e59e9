from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaxConfig(AppConfig):
    name = "g2b.tax"
    label = "g2b_tax"
    verbose_name = _("G2B · Tax")
