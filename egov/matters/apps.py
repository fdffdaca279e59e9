from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    name = "egov.matters"
    label = "matters"
    verbose_name = _("Matters")

    def ready(self) -> None:
        from egov.kernel.refs import subjects
        from egov.matters import consumers  # noqa: F401 (registers what it consumes)
        from egov.matters.subjects import SUBJECT

        subjects.add("matter", SUBJECT)
