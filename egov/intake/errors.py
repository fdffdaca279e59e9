"""What can go wrong with a form, each with a code and the way out."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egov.identity.models import PartyKind
from egov.intake.models import Draft
from egov.kernel.errors import EgovError, FieldError, InvalidInput, NotPermitted, StaleVersion
from egov.kernel.text import LocalisedText, enumerated, localise


class ServiceChanged(StaleVersion):
    """The service has a newer version than the one this draft was started with."""

    code = "service_changed"
    message = _("This service has changed since you began. Look at what is new, then submit.")


class ServicesChanged(StaleVersion):
    """Other services are needed than those of the draft: by what its form says now, or by what the party has now."""

    code = "services_changed"
    message = _("What you need has changed since you began. Look at what is new, then submit.")

    def __init__(self, came: Sequence[LocalisedText] = (), went: Sequence[LocalisedText] = ()) -> None:
        """The names of the services that are needed by now, and of those that are not any more."""
        parts = [
            str(type(self).message),
            *([str(_("Needed now: %(services)s.")) % {"services": localise(enumerated(came))}] if came else ()),
            *([str(_("No longer needed: %(services)s.")) % {"services": localise(enumerated(went))}] if went else ()),
        ]
        super().__init__(" ".join(parts))


class ServiceClosed(EgovError):
    code = "service_closed"
    status = 409
    message = _("This service cannot be filed online at present. Your answers are kept.")


class WrongApplicant(InvalidInput):
    """The service is not for such an applicant: a person where it takes an organisation, or the other way round."""

    code = "wrong_applicant"

    def __init__(self, kind: PartyKind, services: Sequence[LocalisedText]) -> None:
        """``kind``: of the applicant; ``services``: what such a one is not given."""
        if kind == PartyKind.PERSON:
            names = {"services": localise(enumerated(services))}
            message: str | Promise = _("Only organisations are given this: %(services)s.") % names
            way_out: str | Promise | None = _("Act for an organisation that you represent or that gave you a mandate.")
        else:
            message = _("Only people file this, for themselves or for somebody in their care.")
            way_out = None
        super().__init__([FieldError("applicant", self.code, message)], message)
        self.way_out = way_out


class MandateTooNarrow(NotPermitted):
    """What is filed as one needs a mandate for each of its services."""

    way_out = _("Ask the one you act for to add them to the mandate, or file one by one what it covers.")

    def __init__(self, services: Sequence[LocalisedText]) -> None:
        names = {"services": localise(enumerated(services))}
        super().__init__(_("Your mandate does not cover this: %(services)s.") % names)


class DraftChanged(StaleVersion):
    """Saved meanwhile from another device or window; ``draft`` is what stands there now."""

    code = "draft_changed"
    message = _("This form was also saved on another device. Nothing you typed is lost: compare and save again.")

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
