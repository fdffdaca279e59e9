from django.apps import AppConfig


class G2EConfig(AppConfig):
    """The service mode itself: name and accent of its pages."""

    name = "g2e"
    label = "g2e"
    verbose_name = "G2E"
