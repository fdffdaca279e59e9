"""Pure rules of the catalogue: the shape of a definition, its forms, differences, and which competence is nearer."""

from egov.catalogue.rules.competences import CompetenceRow, nearest_first
from egov.catalogue.rules.content import CONTENT_FIELDS, EVENT_FIELDS, Difference, complete, differences, digest, key_of
from egov.catalogue.rules.definitions import ITEM_TYPES, Known, check_definition
from egov.catalogue.rules.designing import (
    EMPTY_FORM,
    FIRST_PAGE,
    as_asked,
    with_field,
    with_field_moved,
    with_pages,
    with_step,
    without_field,
    without_step,
)
from egov.catalogue.rules.events import EVENT_CODE, check_event, check_given, edges_by_dependence, longest_way
from egov.catalogue.rules.forms import check_form

__all__ = [
    "CONTENT_FIELDS",
    "EMPTY_FORM",
    "EVENT_CODE",
    "EVENT_FIELDS",
    "FIRST_PAGE",
    "ITEM_TYPES",
    "CompetenceRow",
    "Difference",
    "Known",
    "as_asked",
    "check_definition",
    "check_event",
    "check_form",
    "check_given",
    "complete",
    "differences",
    "digest",
    "edges_by_dependence",
    "key_of",
    "longest_way",
    "nearest_first",
    "with_field",
    "with_field_moved",
    "with_pages",
    "with_step",
    "without_field",
    "without_step",
]
