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
    with_paragraph,
    with_paragraph_moved,
    with_step,
    without_field,
    without_paragraph,
    without_step,
)
from egov.catalogue.rules.events import (
    EVENT_CODE,
    check_event,
    check_given,
    edges_by_dependence,
    longest_way,
    promised_days,
)
from egov.catalogue.rules.forms import check_form, in_order
from egov.catalogue.rules.letters import ANSWERS, MAX_TEXT, PLACEHOLDERS, check_letters, filled, may_stand

__all__ = [
    "ANSWERS",
    "CONTENT_FIELDS",
    "EMPTY_FORM",
    "EVENT_CODE",
    "EVENT_FIELDS",
    "FIRST_PAGE",
    "ITEM_TYPES",
    "MAX_TEXT",
    "PLACEHOLDERS",
    "CompetenceRow",
    "Difference",
    "Known",
    "as_asked",
    "check_definition",
    "check_event",
    "check_form",
    "check_given",
    "check_letters",
    "complete",
    "differences",
    "digest",
    "edges_by_dependence",
    "filled",
    "in_order",
    "key_of",
    "longest_way",
    "may_stand",
    "nearest_first",
    "promised_days",
    "with_field",
    "with_field_moved",
    "with_pages",
    "with_paragraph",
    "with_paragraph_moved",
    "with_step",
    "without_field",
    "without_paragraph",
    "without_step",
]
