"""Puts the house's admin site in place of Django's; apart from it, because apps load before models do."""

from django.contrib.admin.apps import AdminConfig


class EgovAdminConfig(AdminConfig):
    default_site = "egov.kernel.admin_site.EgovAdminSite"
