"""Lists and searches: by columns, bounded, and in the journal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egov.casework import actions
from egov.casework.queries import CaseFilters, case_list, refusals_among, search, visible_cases
from egov.journal.models import Entry
from egov.kernel.refs import Ref, subjects


def test_each_sees_their_own(casework):
    mine = casework.received()
    theirs = casework.received(applicant_id=casework.stranger.party_id)
    actions.transfer_case(casework.clerk, case=theirs.reference, unit=casework.other_unit.key, reason="x")
    seen = {
        "applicant": {mine.pk},
        "stranger": {theirs.pk},
        "reviewer": {mine.pk},
        "neighbour": {theirs.pk},
        "director": {mine.pk, theirs.pk},
        "adviser": set(),
    }
    for who, cases in seen.items():
        assert set(visible_cases(getattr(casework, who)).values_list("pk", flat=True)) == cases, who


@pytest.mark.parametrize(
    ("state", "expected"),
    [("", 4), ("open", 2), ("ended", 2), ("received", 1), ("withdrawn", 1), ("nonsense", 4)],
)
def test_filters_by_state(casework, state, expected):
    casework.received()
    casework.accepted()
    casework.decided()
    withdrawn = casework.received()
    actions.withdraw(casework.applicant, case=withdrawn.reference)
    found = case_list(casework.reviewer, CaseFilters.read({"state": state}))
    assert len(found) == (expected if state != "ended" else 2)


def test_overdue_are_those_past_their_promise(casework, frozen):
    frozen("2026-11-02 10:00")
    late = casework.accepted()
    frozen("2026-11-20 10:00")
    casework.accepted()
    found = case_list(casework.reviewer, CaseFilters.read({"state": "overdue"}))
    assert [case.pk for case in found] == [late.pk]


def test_filters_by_service_and_words(casework):
    other = casework.service(code="ZZ01")
    case = casework.received(other)
    casework.received()
    assert [row.pk for row in case_list(casework.reviewer, CaseFilters(service="ZZ01"))] == [case.pk]
    assert [row.pk for row in case_list(casework.reviewer, CaseFilters(text=case.reference.lower()))] == [case.pk]
    assert len(case_list(casework.reviewer, CaseFilters(text="赵启"))) == 2
    assert len(case_list(casework.reviewer, CaseFilters(text="钱"))) == 0


def test_pages_by_key(casework):
    cases = [casework.received() for _ in range(5)]
    first = list(case_list(casework.reviewer, CaseFilters(), size=3))
    rest = list(case_list(casework.reviewer, CaseFilters(), before=first[-1].pk, size=3))
    assert [row.pk for row in [*first, *rest]] == [case.pk for case in reversed(cases)]


def test_as_many_statements_for_twenty_rows_as_for_one(casework):
    counts = []
    for _ in (1, 20):
        with CaptureQueriesContext(connection) as statements:
            rows = list(case_list(casework.reviewer, CaseFilters()))
            assert all(row.applicant.name and row.service.code and row.unit.key for row in rows)
        counts.append(len(statements))
        for _ in range(20):
            casework.received()
    assert counts == [1, 1]


# --- Search -------------------------------------------------------------------------------------------


def found_by(casework, who, text):
    return [case.pk for case in search(getattr(casework, who), text)]


def test_by_number_name_and_identity_number(casework, identities):
    number = identities.id_number()
    person = identities.person("钱多多", number=number)
    case = casework.received(applicant_id=person.pk)
    casework.received()
    for text in (case.reference, f" {case.reference.lower()} ", case.matter, number, "钱多"):
        assert found_by(casework, "reviewer", text) == [case.pk], text


def test_part_of_an_identity_number_finds_nobody(casework, identities):
    number = identities.id_number()
    casework.received(applicant_id=identities.person("钱多多", number=number).pk)
    assert found_by(casework, "reviewer", number[:14]) == []


def test_in_ones_own_department_only(casework):
    case = casework.received()
    assert found_by(casework, "neighbour", case.reference) == [case.pk]
    assert found_by(casework, "adviser", case.reference) == []
    assert found_by(casework, "supervisor", case.reference) == [case.pk]
    assert found_by(casework, "stranger", case.reference) == []


def test_a_search_is_in_the_journal(casework):
    case = casework.received()
    search(casework.reviewer, "赵启明")
    entry = Entry.objects.latest("id")
    assert (entry.kind, entry.reason) == ("list", "search")
    assert set(entry.refs) == {f"case:{case.reference}", f"party:{case.applicant_id}"}


@pytest.mark.parametrize("text", ["", " ", "%", "_", "赵", "' or 1=1 --", "\x00x", "\x00\x00"])
def test_naughty_and_short_words(casework, text):
    casework.received()
    assert found_by(casework, "reviewer", text) == []


# --- Named by others --------------------------------------------------------------------------------


def test_other_rooms_can_name_a_case(casework):
    case = casework.received()
    subject = subjects.get("case")
    ref = Ref("case", case.reference)
    assert subject.title(ref) == "食品经营许可"
    assert subject.may_view(ref, casework.reviewer)
    assert subject.may_view(ref, casework.applicant)
    assert not subject.may_view(ref, casework.stranger)
    assert subject.title(Ref("case", "nowhere")) == "nowhere"


def test_refusals_come_with_their_reasons_in_one_statement(casework, django_assert_num_queries):
    refused = casework.decided(outcome="refused")
    rows = [casework.decided(), refused, casework.received()]
    with django_assert_num_queries(1):
        [found] = refusals_among(rows)
    assert (found.case.reference, found.reasons) == (refused.reference, "材料齐全，符合法定条件。")
    with django_assert_num_queries(0):
        assert refusals_among([rows[0], rows[2]]) == []
