"""Where somebody asks from: chosen on the page, remembered in a cookie, else the city this instance serves."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponseBase

from egov.identity.models import Region, RegionLevel
from egov.intake.queries import regions as known_regions
from egov.kernel.errors import NotFound
from portals.shared import components as c
from portals.shared import language
from portals.shared.templatetags.egov_ui import localised_plain

COOKIE = "region"
CHOOSABLE = (RegionLevel.CITY, RegionLevel.DISTRICT)


def choices() -> Sequence[Region]:
    """The city and its districts, the city first."""
    order = {level: n for n, level in enumerate(CHOOSABLE)}
    found = [region for region in known_regions().values() if region.level in order]
    return sorted(found, key=lambda region: (order[RegionLevel(region.level)], region.code))


def chosen(request: HttpRequest) -> Region:
    """Raises ``NotFound`` when no city was set up."""
    known = known_regions()
    for code in (request.GET.get("region", ""), request.COOKIES.get(COOKIE, "")):
        if code in known and known[code].level in CHOOSABLE:
            return known[code]
    every = choices()
    if not every:
        raise NotFound
    return every[0]


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    code = request.GET.get("region", "")
    if code and code in known_regions():
        language.remember(response, COOKIE, code)


def field(request: HttpRequest, label: str) -> c.Field:
    """A select with the places one may ask from."""
    here = chosen(request)
    options = [c.Option(region.code, localised_plain(region.name), checked=region == here) for region in choices()]
    return c.Field("region", label, "select", options=options)
