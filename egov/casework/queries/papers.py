"""The materials of a case and how each stands: handed in, given by a register, or not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from egov.casework.models import FROM_REGISTER
from egov.casework.queries.access import Access
from egov.casework.queries.details import Given, Paper
from egov.casework.queries.pages import CasePage
from egov.casework.rules.lifecycle import FETCHING
from egov.catalogue.rules import needed
from egov.kernel.text import LocalisedText


class Standing(StrEnum):
    HANDED_IN = "handed_in"
    FETCHED = "fetched"
    ABSENT = "absent"  # asked of the registers, which gave nothing
    OPEN = "open"  # not fetched so far
    NEVER = "never"  # not fetched, and no longer needed: the case was decided or ended without it


@dataclass(frozen=True)
class MaterialLine:
    """``papers`` were handed in; ``extract`` is the file that a register gave, ``given`` what it says.

    A paper that the service does not ask for has no name.
    """

    key: str
    name: LocalisedText
    standing: Standing
    shared: bool
    papers: Sequence[Paper] = ()
    given: Given | None = None
    extract: Paper | None = None

    @property
    def is_missing(self) -> bool:
        """A shared material that nobody has given: it may be asked of the applicant."""
        return self.standing in (Standing.ABSENT, Standing.OPEN)


def material_lines(page: CasePage) -> list[MaterialLine]:
    """Those of the service that are there or needed, in its order, then papers of none of them. None for an adviser."""
    if page.access is Access.ADVISING:
        return []
    version = page.case.version
    wanted = {material["key"] for material in needed(version.materials, page.case.answers)}
    given = {each.material: each for each in page.given}
    papers: dict[str, list[Paper]] = {}
    for paper in page.papers:
        papers.setdefault(paper.material, []).append(paper)
    lines = []
    for material in version.materials:
        key = material["key"]
        own, told = papers.pop(key, []), given.get(key)
        if own or told or key in wanted:
            lines.append(_line(material, own, told, in_time=page.case.state in FETCHING))
    lines += [MaterialLine(key, {}, Standing.HANDED_IN, False, rows) for key, rows in papers.items()]
    return lines


def _line(material: Mapping[str, Any], papers: Sequence[Paper], given: Given | None, *, in_time: bool) -> MaterialLine:
    own = [paper for paper in papers if paper.origin != FROM_REGISTER]
    extract = next((paper for paper in papers if given and paper.id == given.paper), None)
    if own:
        standing = Standing.HANDED_IN
    elif given is not None:
        standing = Standing.ABSENT if given.absent else Standing.FETCHED
    else:
        standing = Standing.OPEN if in_time else Standing.NEVER
    shared = material.get("source") == "shared"
    return MaterialLine(material["key"], material["name"], standing, shared, own, given, extract)
