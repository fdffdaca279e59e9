"""What every page knows: its portal, its language, who is signed in. Costs no query until the menu asks for one."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from egov.identity import queries as identity
from egov.kernel.actor import CapacityKind
from egov.kernel.text import language_tag
from portals.shared import language, navigation


def page(request: HttpRequest) -> dict[str, Any]:
    portal = navigation.portal_of(request)
    tag = language_tag()
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "portal": portal,
        "search_box": SimpleLazyObject(lambda: navigation.search(request, portal)),
        "menu": SimpleLazyObject(lambda: navigation.menu(request, portal)),
        "page_language": tag,
        "other_languages": language.switch_urls(request, tag),
        "large_text": request.COOKIES.get("text_size") == "large",
        "signed_in": signed_in,
        "actor": getattr(request, "actor", None),
        "acting_as": SimpleLazyObject(lambda: _acting_as(request)) if signed_in else "",
        "session_seconds": _seconds_left(request) if signed_in else 0,
    }


def _acting_as(request: HttpRequest) -> str:
    """For whom the person acts on this page, in words; "" when for themselves or nobody."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.kind in (CapacityKind.ANONYMOUS, CapacityKind.SELF):
        return ""
    for capacity in identity.capacities_of(request.user):
        if capacity.slug == actor.capacity:
            return str(capacity.title)
    return ""


def _seconds_left(request: HttpRequest) -> int:
    session = getattr(request, "session", None)
    return int(session.get_expiry_age()) if session is not None else 0
