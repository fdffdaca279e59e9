"""What can go wrong with a case, each with a code and the way out."""

from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import NotPermitted, TransitionNotAllowed


class ReasonNeeded(NotPermitted):
    """The case is outside the officer's own work; opening it takes a reason, which the journal keeps."""

    code = "reason_needed"
    message = _("This case is not in your unit. Say why you need to open it.")


class OwnCase(NotPermitted):
    """Civil Servants Law, avoidance: nobody handles a matter of their own."""

    code = "own_case"
    message = _("You are concerned by this case yourself; a colleague must handle it.")


class InAnotherHand(NotPermitted):
    code = "in_another_hand"
    message = _("A colleague has this in hand.")


class RoleMissing(NotPermitted):
    code = "role_missing"
    message = _("Your post does not carry the role for this.")


class CorrectionNotProvided(TransitionNotAllowed):
    code = "correction_not_provided"
    message = _("This procedure knows no correction.")


class CorrectionUsed(TransitionNotAllowed):
    code = "correction_used"
    message = _("Corrections were already asked for; the law allows it only so often.")


class CorrectionWindowOver(TransitionNotAllowed):
    code = "correction_window_over"
    message = _("The time for asking for corrections is over; the case counts as accepted.")


class NoSpecialProcedure(TransitionNotAllowed):
    code = "no_special_procedure"
    message = _("This service has no special procedure that stops the clock.")


class ExtensionNotProvided(TransitionNotAllowed):
    code = "extension_not_provided"
    message = _("This procedure knows no extension.")


class ExtensionUsed(TransitionNotAllowed):
    code = "extension_used"
    message = _("The time was already extended; the law allows it only so often.")


class ExtensionPending(TransitionNotAllowed):
    code = "extension_pending"
    message = _("An extension was proposed and is not decided yet.")


class NoExtensionPending(TransitionNotAllowed):
    code = "no_extension_pending"
    message = _("No extension was proposed.")


class LimitPassed(TransitionNotAllowed):
    code = "limit_passed"
    message = _("The limit has passed; it can only be extended before.")


class OpinionOutstanding(TransitionNotAllowed):
    code = "opinion_outstanding"
    message = _("Another department has not answered yet. Wait, or withdraw the request.")


class NoOpinionOpen(TransitionNotAllowed):
    code = "no_opinion_open"
    message = _("No opinion is asked for at present.")


class StepsOutstanding(TransitionNotAllowed):
    code = "steps_outstanding"
    message = _("Earlier steps of the review are not done yet.")


class NoChangeOpen(TransitionNotAllowed):
    code = "no_change_open"
    message = _("No change of answers is proposed.")


class ChangeOutstanding(TransitionNotAllowed):
    """Nobody is decided on facts that they have already corrected."""

    code = "change_outstanding"
    message = _("The applicant proposed other answers. Take them over or refuse them first.")


class NoDraft(TransitionNotAllowed):
    code = "no_draft"
    message = _("There is no draft of a decision yet.")


class NotTheSignStep(TransitionNotAllowed):
    code = "not_the_sign_step"
    message = _("The decision waits for someone else's signature.")


class WithdrawalNotProvided(TransitionNotAllowed):
    code = "withdrawal_not_provided"
    message = _("This procedure cannot be withdrawn.")


class AlreadyRated(TransitionNotAllowed):
    code = "already_rated"
    message = _("This case has already been rated.")


class NothingToRectify(TransitionNotAllowed):
    code = "nothing_to_rectify"
    message = _("There is no bad rating that waits for an answer.")


class NothingToVerify(TransitionNotAllowed):
    code = "nothing_to_verify"
    message = _("There is no bad rating that waits for a call-back.")


class SecondRatingNotOpen(TransitionNotAllowed):
    code = "second_rating_not_open"
    message = _("A second rating follows the answer to a bad one, once.")


class NoRemedy(TransitionNotAllowed):
    code = "no_remedy"
    message = _("This outcome cannot be contested here.")


class RemedyTimePassed(TransitionNotAllowed):
    code = "remedy_time_passed"
    message = _("The time for contesting this decision has passed.")


class NotYetPaid(TransitionNotAllowed):
    code = "not_yet_paid"
    message = _("The fee is not paid yet.")
