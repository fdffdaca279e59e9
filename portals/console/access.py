"""Who may open the console, and whose department a page is about. What they may change is asked by each action."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from egov.catalogue import queries as catalogue
from egov.catalogue.models import EventVersion, PublicService
from egov.identity import queries as identity
from egov.identity.models import Organisation, Unit
from egov.kernel import history
from egov.kernel.errors import NotPermitted
from portals.shared.requests import SignedInRequest

View = Callable[..., HttpResponse]


class ConsoleRequest(SignedInRequest):
    """The request as views of this package get it."""

    scope: identity.Scope


def administrators(view: View) -> View:
    """For posts with an administrator's role, and for whoever was granted a department or a service."""

    @wraps(view)
    def guarded(request: ConsoleRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = request.actor
        request.scope = identity.scope_of(actor)
        if not (request.scope or catalogue.granted_services(actor)):
            raise NotPermitted()
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with history.acting(actor):
            return view(request, *args, **kwargs)

    return guarded


def platform_administrators(view: View) -> View:
    """For administrators of the platform only."""

    @wraps(view)
    def guarded(request: ConsoleRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.scope.is_platform:
            raise NotPermitted()
        return view(request, *args, **kwargs)

    return administrators(guarded)


def department_of(request: ConsoleRequest, key: str) -> Organisation:
    """The department of that key. Raises ``NotFound``, ``NotPermitted`` when the actor may not configure it."""
    found = identity.department(key)
    _must_cover(request, found.pk)
    return found


def unit_of(request: ConsoleRequest, key: str) -> Unit:
    """Raises ``NotFound``, ``NotPermitted``."""
    found = identity.unit(key)
    _must_cover(request, found.department_id)
    return found


def service_of(request: ConsoleRequest, code: str) -> PublicService:
    """Raises ``NotFound``, ``NotPermitted``."""
    found = catalogue.service(code)
    if not catalogue.may_configure(request.actor, found):
        raise NotPermitted()
    return found


def event_version_of(request: ConsoleRequest, code: str, number: int) -> EventVersion:
    """A version of an event to work on. Raises ``NotFound``, ``NotPermitted``."""
    found = catalogue.event_version(code, number)
    if not catalogue.may_work_on(request.actor, found):
        raise NotPermitted()
    return found


def _must_cover(request: ConsoleRequest, department_id: int) -> None:
    if not request.scope.covers(department_id):
        raise NotPermitted()
