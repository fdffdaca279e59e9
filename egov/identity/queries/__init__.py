"""Reading parties, capacities, departments and regions."""

from egov.identity.queries.capacities import Capacity, actor_for, capacities_of, may_configure
from egov.identity.queries.departments import (
    department,
    departments,
    head_posts,
    posts_in,
    service_hall,
    unit,
)
from egov.identity.queries.mandates import mandates_given, mandates_held
from egov.identity.queries.parties import (
    HouseholdMembership,
    HouseholdView,
    children_of,
    guardians_of,
    household_of,
    identity_facts,
    names_of,
    number_of,
    party_by_number,
    representatives_of,
    spouse_of,
    wards_of,
)
from egov.identity.queries.regions import region_chain, region_name, region_names, regions_under

__all__ = [
    "Capacity",
    "HouseholdMembership",
    "HouseholdView",
    "actor_for",
    "capacities_of",
    "children_of",
    "department",
    "departments",
    "guardians_of",
    "head_posts",
    "household_of",
    "identity_facts",
    "mandates_given",
    "mandates_held",
    "may_configure",
    "names_of",
    "number_of",
    "party_by_number",
    "posts_in",
    "region_chain",
    "region_name",
    "region_names",
    "regions_under",
    "representatives_of",
    "service_hall",
    "spouse_of",
    "unit",
    "wards_of",
]
