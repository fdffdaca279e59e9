from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SocialInsuranceConfig(AppConfig):
    name = "g2c.social_insurance"
    label = "g2c_social_insurance"
    verbose_name = _("G2C · Social insurance")

    def ready(self) -> None:
        from g2c.social_insurance import effects  # noqa: F401
