from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "g2c.certificates"
    label = "g2c_certificates"
    verbose_name = _("G2C · Certificates")

    def ready(self) -> None:
        from g2c.certificates import effects  # noqa: F401
