from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaxConfig(AppConfig):
    name = "g2c.tax"
    label = "g2c_tax"
    verbose_name = _("G2C · Tax")
