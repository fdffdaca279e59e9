"""Who may open the console at all. What they may change there is asked by each action."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from egov.kernel.errors import NotPermitted

ADMINISTRATORS = frozenset({"platform_admin", "department_admin"})


def administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only posts with an administrator's role see the page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not ADMINISTRATORS & request.actor.roles:  # type: ignore[attr-defined]
            raise NotPermitted()
        return view(request, *args, **kwargs)

    return guarded


def is_platform_admin(request: HttpRequest) -> bool:
    return "platform_admin" in request.actor.roles  # type: ignore[attr-defined]
