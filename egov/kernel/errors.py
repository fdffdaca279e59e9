"""Typed errors of the house. Views turn them into pages, the API into RFC 9457 problem details.

Every error carries a stable ``code``, a message for the person and, where there is one, the way out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class EgovError(Exception):
    """Base of all expected errors. ``status`` is the HTTP status a face answers with."""

    code = "error"
    status = 400
    message: Text = _("That did not work.")
    way_out: Text | None = None

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        way_out: Text | None = None,
    ) -> None:
        self.message = message if message is not None else type(self).message
        self.code = code or type(self).code
        self.way_out = way_out if way_out is not None else type(self).way_out
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class FieldError:
    """One fault in the input. ``path`` is a JSON pointer without the leading slash ("children/0/name")."""

    path: str
    code: str
    message: Text


class InvalidInput(EgovError):
    """The input has faults; ``faults`` names each field that caused one."""

    code = "invalid_input"
    status = 422
    message = _("Some answers need your attention.")

    def __init__(self, faults: Iterable[FieldError], message: Text | None = None) -> None:
        super().__init__(message)
        self.faults = tuple(faults)

    @classmethod
    def at(cls, path: str, code: str, message: Text) -> "InvalidInput":
        """The common case: one fault at one field."""
        return cls([FieldError(path, code, message)])


class NotPermitted(EgovError):
    """The actor may not do this. Says nothing about whether the thing exists."""

    code = "not_permitted"
    status = 403
    message = _("You may not do this in the capacity you have chosen.")


class NotFound(EgovError):
    code = "not_found"
    status = 404
    message = _("There is nothing here, or it is not yours to see.")


class TransitionNotAllowed(EgovError):
    """The thing is in a state in which this act is not possible."""

    code = "transition_not_allowed"
    status = 409
    message = _("This is not possible in the present state.")


class StaleVersion(EgovError):
    """Someone else changed the thing meanwhile."""

    code = "stale_version"
    status = 409
    message = _("This changed while you had it open. Look at the present state and try again.")


class DefinitionChanged(StaleVersion):
    """What an administrator works on was changed since the page was made; ``by``: the party who did, if a person."""

    code = "definition_changed"
    message = _("This was changed while you had it open. What you typed is not kept yet: compare, then keep it again.")

    def __init__(self, by: int | None) -> None:
        super().__init__()
        self.by = by


class IdempotencyConflict(EgovError):
    """The same idempotency key came with other content."""

    code = "idempotency_conflict"
    status = 409
    message = _("This key was already used for a different request.")


class TooLarge(EgovError):
    code = "too_large"
    status = 413
    message = _("This is too large.")


class Unavailable(EgovError):
    """A part outside the database does not answer now; nothing was lost."""

    code = "unavailable"
    status = 503
    message = _("This part is not available right now. Please try again in a few minutes.")
