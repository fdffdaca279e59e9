"""The request as views get it: what the middleware found out is part of its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:  # navigation needs the name while the apps are still loading
    from egov.identity.models import Account
    from egov.identity.queries import Capacity
    from egov.kernel.actor import Actor


class Request(HttpRequest):
    """Any page's request: who asks, even when that is nobody we know."""

    request_id: str
    actor: Actor


class SignedInRequest(Request):
    """The request of a page that names a capacity, or that only somebody with an account may open."""

    user: Account
    capacity: Capacity
