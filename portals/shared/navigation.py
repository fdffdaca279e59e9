"""The portals by name, and what stands in each one's main menu. A portal fills its menu in ``AppConfig.ready()``.

    navigation.add("staff", NavItem(_("Inbox"), "staff:inbox", order=10))

The URL name is reversed with the capacity of the request where the portal's addresses carry one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egov.kernel.actor import Actor

Text = str | Promise


@dataclass(frozen=True)
class Portal:
    """One face of the house: its name and accent, nothing else differs."""

    key: str
    name: Text
    dense: bool = False  # staff pages: smaller type, more on a page
    in_capacity: bool = True  # addresses carry /<capacity>/


PORTALS = {
    portal.key: portal
    for portal in (
        Portal("public", _("Public"), in_capacity=False),
        Portal("citizen", _("Residents")),
        Portal("business", _("Business")),
        Portal("staff", _("Office"), dense=True),
        Portal("console", _("Administration"), dense=True),
    )
}


@dataclass(frozen=True)
class NavItem:
    """An entry of a main menu."""

    title: Text
    url_name: str
    order: int = 100
    roles: frozenset[str] = frozenset()  # shown only to a post with one of these roles; empty: to everyone
    signed_in: bool = False
    prefix: str = ""  # further path that counts as "here", below the item's own
    beside: tuple[str, ...] = ()  # parts that stand in the item's place in further addresses that count as "here"
    fixed: bool = False  # the address carries no capacity although the portal's do


@dataclass(frozen=True)
class ShownItem:
    title: Text
    url: str
    current: bool


@dataclass(frozen=True)
class SearchBox:
    """Where the box in the header leads, and what it says."""

    url_name: str
    label: Text
    in_capacity: bool = False


_NEED_BOX = SearchBox("public:need", _("Search, or say what you need"))
_searches: dict[str, SearchBox] = {}
_menus: dict[str, list[NavItem]] = {key: [] for key in PORTALS}


def add(portal: str, *items: NavItem) -> None:
    """Raises ``KeyError`` when there is no such portal."""
    menu = _menus[portal]
    known = {item.url_name for item in menu}
    menu.extend(item for item in items if item.url_name not in known)
    menu.sort(key=lambda item: item.order)


def set_search(portal: str, box: SearchBox) -> None:
    """The box in the header of a portal; without one it takes a need, on every page."""
    _searches[PORTALS[portal].key] = box


def search(actor: Actor, portal: Portal) -> tuple[str, Text]:
    """Address and label of the box."""
    box = _searches.get(portal.key, _NEED_BOX)
    kwargs = {"capacity": actor.capacity} if box.in_capacity else {}
    return reverse(box.url_name, kwargs=kwargs), box.label


def menu(request: HttpRequest, portal: Portal) -> Sequence[ShownItem]:
    actor = getattr(request, "actor", None)
    capacity = actor.capacity if actor is not None and actor.capacity else "self"
    shown = []
    for item in _menus[portal.key]:
        if item.roles and not (actor and item.roles & actor.roles):
            continue
        if item.signed_in and not request.user.is_authenticated:
            continue
        kwargs = {"capacity": capacity} if portal.in_capacity and not item.fixed else {}
        url = reverse(item.url_name, kwargs=kwargs)
        shown.append((item, url))
    here = _best(request.path, shown)
    return [ShownItem(item.title, url, item is here) for item, url in shown]


def _best(path: str, shown: Sequence[tuple[NavItem, str]]) -> NavItem | None:
    """The item whose address is the longest beginning of ``path``."""
    best, length = None, 0
    for item, url in shown:
        place = url.rpartition("/")[0]
        for start in filter(None, (url, item.prefix, *(f"{place}/{each}" for each in item.beside))):
            fits = path == start if start == "/" else path.startswith(start)
            if fits and len(start) > length:
                best, length = item, len(start)
    return best
