"""The demonstration city's posts are enough for every plan of the catalogue: no step waits for a role nobody holds."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from egov.identity.demo.structure import (
    FUNCTIONS,
    HALL,
    PLACES,
    SERVICES,
    Function,
    Place,
    PostPlan,
    posts_of,
    units_of,
)


@cache
def plans() -> dict[str, dict[str, Any]]:
    read = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(Path().glob("g2?/*/services/*.yaml")))
    return {each["code"]: each for each in read if each.get("plan")}


def places_of(service: dict[str, Any]) -> list[Place]:
    """Where a service is handled: in each district that has its function, unless it is the city's."""
    function = service["department_role"]
    districts = [each for each in PLACES if each.level == "district" and function in each.functions]
    if service["level"] == "city" or not districts:
        return [each for each in PLACES if each.level == "city"]
    return districts


def able(place: Place, function: Function, role: str) -> list[PostPlan]:
    """Posts that carry the role where the work is routed to, and the head, who reaches every unit."""
    unit = SERVICES if SERVICES in units_of(place, function) else HALL
    posts = [post for post in posts_of(place, function) if role in post.roles]
    found = [post for post in posts if post.unit == unit or "department_head" in post.roles]
    return sorted(found, key=lambda post: len(post.roles))


@pytest.mark.parametrize("code", plans())
def test_every_step_has_somebody_who_may_do_it(code: str) -> None:
    service = plans()[code]
    for place in places_of(service):
        did: dict[str, list[PostPlan]] = {}
        for step in service["plan"]["steps"]:
            excluded = [post for other in step.get("four_eyes", ()) for post in did[other]]
            found = able(place, FUNCTIONS[service["department_role"]], step["role"])
            free = [post for post in found if post not in excluded]
            wanted = step.get("persons", 1)
            assert len(free) >= wanted, f"{place.key}.{service['department_role']}: {step['key']} by {step['role']}"
            did[step["key"]] = free[:wanted]
