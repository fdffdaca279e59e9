from django.apps import AppConfig


class G2GConfig(AppConfig):
    """The service mode itself: name and accent of its pages."""

    name = "g2g"
    label = "g2g"
    verbose_name = "G2G"
