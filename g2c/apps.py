from django.apps import AppConfig


class G2CConfig(AppConfig):
    """The service mode itself: name and accent of its pages."""

    name = "g2c"
    label = "g2c"
    verbose_name = "G2C"
