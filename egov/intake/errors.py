"""What can go wrong with a form, each with a code and the way out."""

from django.utils.translation import gettext_lazy as _

from egov.intake.models import Draft
from egov.kernel.errors import EgovError, StaleVersion


class ServiceChanged(StaleVersion):
    """The service has a newer version than the one this draft was started with."""

    code = "service_changed"
    message = _("This service has changed since you began. Look at what is new, then submit.")


class ServiceClosed(EgovError):
    code = "service_closed"
    status = 409
    message = _("This service cannot be filed online at present. Your answers are kept.")


class DraftChanged(StaleVersion):
    """Saved meanwhile from another device or window; ``draft`` is what stands there now."""

    code = "draft_changed"
    message = _("This form was also saved on another device. Nothing you typed is lost: compare and save again.")

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
