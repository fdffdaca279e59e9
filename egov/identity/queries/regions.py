"""The tree of regions, kept in the process: it is small and changes by law."""

from dataclasses import dataclass

from egov.identity.models import Region
from egov.kernel.memory import Kept
from egov.kernel.text import LocalisedText, localise


@dataclass(frozen=True)
class _Place:
    parent: str | None
    name: LocalisedText


kept = Kept("identity")  # moves with regions, departments and units


@kept.table
def regions() -> dict[str, _Place]:
    return {
        code: _Place(parent, name) for code, parent, name in Region.objects.values_list("code", "parent_id", "name")
    }


def region_chain(code: str) -> list[str]:
    """The region and those above it, nearest first; empty for an unknown code."""
    known = regions()
    chain = []
    here: str | None = code
    while here in known and here not in chain:
        chain.append(here)
        here = known[here].parent
    return chain


def regions_under(code: str) -> list[str]:
    """The region and all below it."""
    return sorted(each for each in regions() if code in region_chain(each))


def region_names(code: str) -> LocalisedText:
    """The region's own name; empty for an unknown code."""
    place = regions().get(code)
    return place.name if place else {}


def region_name(code: str, language: str | None = None) -> str:
    """The full name from the province down in Chinese order, or from the region up: "Linjiang District, Jiangzhou"."""
    names = [localise(regions()[each].name, language) for each in region_chain(code)]
    joined = "".join(reversed(names))
    return joined if joined and not joined.isascii() else ", ".join(names)
