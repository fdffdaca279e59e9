"""Opening a case: in few statements, waiting for its payment, its acceptance, or decided at once."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from egov.casework import actions
from egov.casework.models import Case, CaseFile, Transition
from egov.deadlines.models import Clock
from egov.documents.models import StoredFile
from egov.journal.models import Entry
from egov.kernel import clock, references
from egov.kernel.actor import SYSTEM
from egov.kernel.models import OutboxMessage
from egov.work.models import WorkItem


def test_a_free_case_is_received_and_waits_to_be_accepted(casework, frozen):
    frozen("2026-02-13 10:00")
    case = casework.received()
    assert case.state == "received"
    # Five working days from Fri 2026-02-13: the 14th is worked, then the Spring Festival; ends Fri 2026-02-27.
    acceptance = Clock.objects.get(subject=f"case:{case.reference}")
    assert (acceptance.kind, casework.last_day(acceptance.due_at)) == ("acceptance", "2026-02-27")
    item = WorkItem.objects.get(subject=f"case:{case.reference}")
    assert (item.kind, item.unit_id, item.subtitle) == ("accept", casework.unit.pk, "赵启明")
    assert item.topic == case.service.code
    assert item.due_at == acceptance.due_at


def test_the_promise_is_told_from_the_first_day(casework, frozen):
    frozen("2026-11-20 10:00")
    case = casework.received()
    assert casework.last_day(case.promised_due_at) == "2026-12-04"  # ten working days, if accepted today


def test_nobody_handles_a_matter_of_their_own(casework):
    item = casework.item(casework.received(), "accept")
    assert item.excluded_persons == [casework.applicant.party_id]


def test_opening_is_one_statement_however_many(casework):
    version = casework.service()
    papers = [
        StoredFile.objects.create(reference=references.draw("F"), size=1, name="a", created_at=clock.now(), path="a")
        for _ in range(2)
    ]
    specs = [
        casework.spec(
            version,
            files=[("floor_plan", paper.pk) for paper in papers],
            reference=references.draw("C"),
            applicant_name="林晓雯",
        )
        for _ in range(3)
    ]
    casework.received(version)  # procedures, calendars and versions are in memory now
    with transaction.atomic(), CaptureQueriesContext(transaction.get_connection()) as statements:
        cases = actions.open_cases(casework.applicant, specs)
    assert len(statements) == 1, [each["sql"][:90] for each in statements]
    assert CaseFile.objects.filter(case__in=cases).count() == 6
    assert Transition.objects.filter(case__in=cases, act="open").count() == 3
    assert set(WorkItem.objects.values_list("subtitle", flat=True)) >= {"林晓雯"}


def test_a_case_with_a_price_waits_for_its_payment(casework):
    case = casework.unpaid()
    assert case.state == "submitted"
    assert case.promised_due_at is None
    assert not Clock.objects.filter(subject=f"case:{case.reference}").exists()
    assert not WorkItem.objects.filter(subject=f"case:{case.reference}").exists()


def test_paid_it_is_received_from_that_moment(casework, frozen):
    frozen("2026-11-20 10:00")
    case = casework.unpaid()
    moment = frozen("2026-11-23 09:00")
    actions.receive_paid(SYSTEM, case=case.reference)
    case = casework.again(case)
    assert (case.state, case.received_at) == ("received", moment)
    assert casework.item(case, "accept").due_at == Clock.objects.get(subject=f"case:{case.reference}").due_at


def test_a_payment_told_twice_changes_nothing(casework):
    case = casework.unpaid()
    actions.receive_paid(SYSTEM, case=case.reference)
    actions.receive_paid(SYSTEM, case=case.reference)
    assert Transition.objects.filter(case=case, act="pay").count() == 1
    assert WorkItem.objects.filter(subject=f"case:{case.reference}").count() == 1


def test_the_caller_keeps_the_journal_of_a_submission(casework):
    before = Entry.objects.count(), OutboxMessage.objects.count()
    with transaction.atomic():
        actions.open_cases(casework.applicant, [casework.spec()])
    assert (Entry.objects.count(), OutboxMessage.objects.count()) == before


def test_what_the_system_opens_is_recorded_and_told(casework):
    with transaction.atomic():
        (case,) = actions.open_cases(SYSTEM, [casework.spec()])
    assert Entry.objects.filter(action="casework.open", refs__contains=[f"case:{case.reference}"]).count() == 1
    assert OutboxMessage.objects.filter(name="case_opened", payload__case=case.reference).count() == 1


@pytest.mark.parametrize("price", ["0", "40.00"])
def test_a_case_keeps_what_it_was_filed_under(casework, price):
    version = casework.service()
    case = actions.open_case(casework.applicant, spec=casework.spec(version, price=Decimal(price)))
    kept = Case.objects.get(pk=case.pk)
    assert (kept.version_id, kept.procedure, kept.procedure_version) == (version.pk, "licensing", 1)
    assert kept.route["rule"] == "competence:1"
    assert kept.price == Decimal(price)
