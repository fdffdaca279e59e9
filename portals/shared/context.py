"""What every page knows: its portal, its language, who is signed in. Costs no query until the menu asks for one."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from egov.identity.models import Organisation
from egov.kernel.actor import ANONYMOUS, Actor, CapacityKind
from egov.kernel.text import language_tag
from portals.shared import language, navigation


def page(request: HttpRequest) -> dict[str, Any]:
    portal = portal_of(request)
    tag = language_tag()
    user, actor = getattr(request, "user", None), getattr(request, "actor", ANONYMOUS)
    signed_in = bool(user and user.is_authenticated)
    return {
        "portal": portal,
        "search_box": SimpleLazyObject(lambda: navigation.search(actor, portal)),
        "menu": SimpleLazyObject(lambda: navigation.menu(request, portal)),
        "page_language": tag,
        "other_languages": language.switch_urls(request, tag),
        "large_text": request.COOKIES.get("text_size") == "large",
        "signed_in": signed_in,
        "actor": actor,
        "acting_as": _acting_as(request),
        "session_seconds": _seconds_left(request) if signed_in else 0,
    }


def portal_of(request: HttpRequest) -> navigation.Portal:
    """By the first namespace of the matched URL; for applicants by whose matter it is. Strangers see the public one."""
    match = request.resolver_match
    namespace = match.namespaces[0] if match and match.namespaces else "public"
    portal = navigation.PORTALS.get(namespace, navigation.PORTALS["public"])
    actor = getattr(request, "actor", ANONYMOUS)
    if portal.in_capacity and actor.kind is CapacityKind.ANONYMOUS:
        return navigation.PORTALS["public"]
    if portal.key in ("citizen", "business"):
        return navigation.PORTALS["business" if _for_organisation(actor) else "citizen"]
    return portal


def _for_organisation(actor: Actor) -> bool:
    if actor.kind is CapacityKind.AGENT:  # the mandate may be a company's or a person's
        return Organisation.objects.filter(pk=actor.on_behalf_of_id).exists()
    return actor.kind is CapacityKind.REPRESENTATIVE


def _acting_as(request: HttpRequest) -> str:
    """For whom the person acts on this page, in words; "" when for themselves or nobody."""
    capacity = getattr(request, "capacity", None)
    return "" if capacity is None or capacity.kind is CapacityKind.SELF else capacity.title


def _seconds_left(request: HttpRequest) -> int:
    session = getattr(request, "session", None)
    return int(session.get_expiry_age()) if session is not None else 0
