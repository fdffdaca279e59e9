"""What can go wrong on the way from an event to its services, with a code and the way out."""

from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import EgovError


class EventWithdrawn(EgovError):
    """The event was taken out of force. What was begun under it is finished; nothing new begins."""

    code = "event_withdrawn"
    status = 409
    message = _("This is no longer offered as one application.")
    way_out = _("Its services can still be asked for one by one.")
