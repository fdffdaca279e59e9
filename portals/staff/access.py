"""The desk is for posts; what a post may do is asked by each action."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from egov.kernel.errors import NotPermitted


def civil_servants(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.actor.is_staff:  # type: ignore[attr-defined]
            raise NotPermitted()
        return view(request, *args, **kwargs)

    return guarded
