"""What every applicant page is: signed in, in a capacity, never cached, with its portal's colours."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache

from egov.identity.models import Party, PartyKind
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import NotPermitted
from portals.shared.requests import SignedInRequest


class ApplicantRequest(SignedInRequest):
    """The request as views of this package get it."""

    party: Party  # for whom the person acts
    for_organisation: bool


def applicant_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The capacity of the address was checked by ``ActorMiddleware``; here the party behind it is found."""

    @never_cache
    @functools.wraps(view)
    def wrapped(request: ApplicantRequest, capacity: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor
        if not actor.is_applicant or actor.capacity != capacity:
            raise NotPermitted
        request.party = Party.objects.select_related("region").get(pk=actor.applicant_id)
        request.for_organisation = request.party.kind == PartyKind.ORGANISATION
        return view(request, capacity, *args, **kwargs)

    return wrapped


def acts_for_another(actor: Actor) -> bool:
    return actor.kind is not CapacityKind.SELF
