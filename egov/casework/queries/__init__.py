"""Reads of cases: pages, lists, what is allowed, tracking by number. Every view of somebody's data is in the journal."""

from egov.casework.queries.access import Access, access_to, allowed_acts, exists, visible_cases
from egov.casework.queries.lists import CaseFilters, case_list, opinions_asked, ratings_to_handle, search
from egov.casework.queries.pages import (
    Asked,
    CasePage,
    ClockView,
    Correction,
    Extended,
    Moved,
    OpinionPage,
    Paper,
    Said,
    Stopped,
    Track,
    case_for_applicant,
    case_page,
    opinion_page,
    track,
)

__all__ = [
    "Access",
    "Asked",
    "CaseFilters",
    "CasePage",
    "ClockView",
    "Correction",
    "Extended",
    "Moved",
    "OpinionPage",
    "Paper",
    "Said",
    "Stopped",
    "Track",
    "access_to",
    "allowed_acts",
    "case_for_applicant",
    "case_list",
    "case_page",
    "exists",
    "opinion_page",
    "opinions_asked",
    "ratings_to_handle",
    "search",
    "track",
    "visible_cases",
]
