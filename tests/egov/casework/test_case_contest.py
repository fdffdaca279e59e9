"""Reconsideration is a case of its own, linked to the decision it contests."""

import pytest

from egov.casework import actions, errors
from egov.casework.models import Transition
from egov.casework.queries import case_for_applicant
from egov.kernel.errors import InvalidInput


def contest(casework, case, **more):
    version = casework.service("reconsideration", plan=None)
    return actions.open_case(casework.applicant, spec=casework.spec(version, about=case.reference, **more))


def test_a_refusal_is_contested_by_a_linked_case(casework):
    refused = casework.decided(outcome="refused")
    case = contest(casework, refused)
    assert case.about == refused.reference
    assert Transition.objects.get(case=refused, act="contest").note == case.reference


def test_the_form_may_name_the_decision_itself(casework):
    refused = casework.decided(outcome="refused")
    form = {"type": "object", "properties": {"decision": {"type": "string", "x-element": "case.contested"}}}
    version = casework.service("reconsideration", plan=None, form=form)
    case = casework.received(version, answers={"decision": refused.reference})
    assert case.about == refused.reference


def test_what_was_not_accepted_can_be_contested(casework):
    case = casework.received()
    actions.not_accept(casework.clerk, case=case.reference, reason="x")
    assert contest(casework, case).about == case.reference


def test_it_is_offered_on_the_page_while_there_is_time(casework, frozen):
    frozen("2026-11-02 10:00")
    refused = casework.decided(outcome="refused")
    assert case_for_applicant(casework.applicant, refused.reference).may("contest")
    frozen("2027-01-05 10:00")
    assert not case_for_applicant(casework.applicant, refused.reference).may("contest")


def test_not_out_of_time(casework, frozen):
    frozen("2026-11-02 10:00")
    refused = casework.decided(outcome="refused")
    frozen("2027-01-05 10:00")
    with pytest.raises(errors.RemedyTimePassed):
        contest(casework, refused)


def test_only_ones_own_decision(casework):
    refused = casework.decided(outcome="refused")
    with pytest.raises(InvalidInput):
        contest(casework, refused, applicant_id=casework.stranger.party_id)


def test_only_what_was_decided(casework):
    with pytest.raises(InvalidInput):
        contest(casework, casework.accepted())


def test_an_unknown_number_is_a_fault_of_the_form(casework):
    version = casework.service("reconsideration", plan=None)
    with pytest.raises(InvalidInput):
        actions.open_case(casework.applicant, spec=casework.spec(version, about="JZ-C-261101-99999-00"))


def test_internal_business_is_not_contested_here(casework):
    case = casework.decided(casework.service("internal"), outcome="refused")
    with pytest.raises(errors.NoRemedy):
        contest(casework, case)
