"""How readily a target is offered to a person: whom it is for, from where it may be used. Pure."""

from collections.abc import Callable, Collection

from egov.routing.rules.index import Target

STAFF_ONLY = frozenset({"staff", "department", "administrator", "institution"})
BUSINESS = frozenset({"enterprise", "sole_trader", "social_organisation", "institution"})
PERSON = frozenset({"person"})

FOR_OTHERS = 0.85  # for a business when a person asks, or the other way round: possible, not likely
FROM_ELSEWHERE = 0.8  # a service of another region that may be used from here
IMPORTED = 0.9  # listed from another catalogue, beside the house's own

ANYBODY = "any"  # measurements and the command line: services for civil servants too


def side_of(capacity: str) -> str:
    """ "person", "business", "staff", "any", or "" when it is not known. ``capacity``: a slug or one of these words."""
    if capacity in ("person", "business", "staff", ANYBODY):
        return capacity
    if capacity == "self" or capacity.startswith("g-"):
        return "person"
    return {"o-": "business", "p-": "staff"}.get(capacity[:2], "")


def offer_to(capacity: str, chain: Collection[str]) -> Callable[[Target], float]:
    """``chain``: the region of the person and those above it; empty when it is not known.

    Services for civil servants alone are offered to them alone; those of another region where they may be used.
    """
    side = side_of(capacity)

    def offer(target: Target) -> float:
        if target.kind not in ("service", "event"):
            return 0.0
        if target.audience and target.audience <= STAFF_ONLY and side not in ("staff", ANYBODY):
            return 0.0
        readiness = _near(target, chain)
        if target.imported:
            readiness *= IMPORTED
        other = {"person": BUSINESS | STAFF_ONLY, "business": PERSON | STAFF_ONLY}.get(side)
        return readiness * FOR_OTHERS if other and target.audience and target.audience <= other else readiness

    return offer


def _near(target: Target, chain: Collection[str]) -> float:
    if not target.region or target.region in chain:
        return 1.0
    if target.reach == "country":
        return FROM_ELSEWHERE
    same_province = any(code[:2] == target.region[:2] for code in chain)
    return FROM_ELSEWHERE if target.reach == "province" and same_province else 0.0
