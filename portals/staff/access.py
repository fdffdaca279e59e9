"""The desk is for posts; what a post may do is asked by each action."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from egov.kernel.errors import NotPermitted
from portals.shared.requests import SignedInRequest


def civil_servants(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.actor.is_staff:
            raise NotPermitted()
        return view(request, *args, **kwargs)

    return guarded
