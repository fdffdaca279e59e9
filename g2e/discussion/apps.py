from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiscussionConfig(AppConfig):
    name = "g2e.discussion"
    label = "g2e_discussion"
    verbose_name = _("G2E · Discussion")
