"""What can go wrong with the to-do list."""

from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import NotPermitted, TransitionNotAllowed


class AlreadyClaimed(TransitionNotAllowed):
    """Somebody else was faster."""

    code = "already_claimed"
    message = _("Someone else has already taken this.")


class ItemClosed(TransitionNotAllowed):
    code = "item_closed"
    message = _("This task is already done or no longer needed.")


class NotInHand(TransitionNotAllowed):
    """Only what somebody holds can be given back or passed on."""

    code = "not_in_hand"
    message = _("Nobody has taken this yet.")


class NotYourTask(NotPermitted):
    code = "not_your_task"
    message = _("This task belongs to another unit, role or person.")


class NotSuitable(NotPermitted):
    """The colleague chosen cannot do the task."""

    code = "not_suitable"
    message = _("This colleague cannot do the task: another unit, another role, or they took part before.")


class MorePersonsNeeded(TransitionNotAllowed):
    code = "more_persons_needed"
    message = _("Another officer must do this step together with you. Name them.")


class NothingWaiting(TransitionNotAllowed):
    code = "nothing_waiting"
    message = _("Nothing waits to be claimed in your unit.")
