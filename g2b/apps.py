from django.apps import AppConfig


class G2BConfig(AppConfig):
    """The service mode itself: name and accent of its pages."""

    name = "g2b"
    label = "g2b"
    verbose_name = "G2B"
