"""A submission is taken once, whole, in few statements, or not at all."""

import io
import itertools
import re
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from PIL import Image

from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import Competence
from egov.intake import actions, queries
from egov.intake.actions import ServiceChanged, ServiceClosed
from egov.intake.models import Draft, Submission
from egov.journal.models import Entry
from egov.kernel import references
from egov.kernel.errors import IdempotencyConflict, InvalidInput, NotFound, NotPermitted
from egov.kernel.models import OutboxMessage
from egov.matters.models import Matter, Member
from egov.payments.models import Bill
from egov.registers.models import Consent
from tests.plugins.identity import LONG_AGO
from tests.plugins.intake import PHOTO, question

pytestmark = pytest.mark.django_db


def a_pdf() -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(stream, "PDF")
    return SimpleUploadedFile("letter.pdf", stream.getvalue(), content_type="application/pdf")


def test_everything_that_belongs_to_a_submission_is_there(a_draft, resident, services):
    draft = a_draft(resident)
    submission = actions.submit(resident, draft=draft.reference, key="k1")
    matter = Matter.objects.get(reference=submission.matter)
    case = Case.objects.get()
    member = Member.objects.get()
    assert submission.answers == case.answers == {"reason": "expired", "name": "林晓雯"}
    assert (matter.applicant_id, matter.state) == (resident.on_behalf_of_id, "open")
    assert (member.case, member.state, case.submission, case.unit_id) == (
        case.reference,
        "open",
        submission.reference,
        services.unit.pk,
    )
    assert case.route["reasons"]
    assert matter.promised_due_at == case.promised_due_at
    assert Entry.objects.filter(action="intake.submit", refs__contains=[f"case:{case.reference}"]).count() == 1
    assert set(OutboxMessage.objects.values_list("name", flat=True)) == {"submission_accepted", "case_opened"}
    with pytest.raises(NotFound):
        queries.open_draft(resident, reference=draft.reference)


def asked(act) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [each["sql"] for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]


# A block of reference numbers is drawn every so often; enough submissions to meet that one too. It parts what is
# written together in two.
ROUNDS = 18
MOST = 4  # taken, written, a block drawn, the rest written


def most_statements(files) -> list[str]:
    """The statements of the submission that took most; the first only warms up."""
    next(files)()
    return max((asked(each) for each in files), key=len)


def test_submitting_takes_few_statements(a_draft, a_picture, resident):
    def files():
        for number in range(ROUNDS):
            draft = a_draft(resident)
            actions.attach(resident, draft=draft.reference, material="photo", upload=a_picture())
            yield lambda draft=draft, number=number: actions.submit(resident, draft=draft.reference, key=f"k{number}")

    found = most_statements(files())
    assert len(found) <= MOST, "\n".join(found)


def test_submitting_with_a_fee_takes_few_statements(services, a_draft, resident):
    services.publish(fee={"amount": "40.00", "basis": {"en": "Law art. 20"}})

    def files():
        for number in range(ROUNDS):
            draft = a_draft(resident)
            yield lambda draft=draft, number=number: actions.submit(resident, draft=draft.reference, key=f"k{number}")

    found = most_statements(files())
    assert len(found) <= MOST, "\n".join(found)


def test_filing_through_the_api_takes_few_statements(services, a_draft, a_picture, resident):
    services.publish()
    stored = actions.attach(resident, draft=a_draft(resident).reference, material="photo", upload=a_picture()).file
    file = {"service": "CL02", "region": "990102", "answers": {"reason": "expired", "name": "甲"}}

    def files():
        for number in range(ROUNDS):
            yield lambda number=number: actions.submit_direct(
                resident, **file, files={"photo": [stored.reference]}, key=f"k{number}"
            )

    found = most_statements(files())
    assert len(found) <= MOST, "\n".join(found)


def test_the_sql_of_a_submission(services, a_draft, a_picture, resident, statements, monkeypatch):
    """As a reviewer sees it: what is taken, and each row that is written, once."""
    services.publish(fee={"amount": "40.00", "basis": {"en": "Law art. 20"}})
    numbers = itertools.count(1)
    monkeypatch.setattr(references, "next_number", lambda: next(numbers))
    actions.submit(resident, draft=a_draft(resident).reference, key="warm")
    draft = a_draft(resident)
    actions.attach(resident, draft=draft.reference, material="photo", upload=a_picture())
    with statements("fee_and_file", at_most=4) as captured:
        actions.submit(resident, draft=draft.reference, key="k")
    written = "".join(each["sql"] for each in captured)
    tables = re.findall(r'insert into "?(\w+)', written)
    assert sorted(tables) == sorted(set(tables)), "each table once"
    assert {"casework_case", "journal_entry", "kernel_outboxmessage", "kernel_idempotencykey"} <= set(tables)


def test_consent_is_written_with_the_submission_in_no_statement_of_its_own(services, a_draft, resident):
    material = {
        "key": "id_card",
        "name": {"zh-Hans": "身份证", "en": "Card"},
        "source": "shared",
        "evidence": "id_card",
    }
    services.publish(materials=[material])
    counts = []
    for number, _turn in enumerate(["warm", "measured"]):
        draft = a_draft(resident)
        with CaptureQueriesContext(connection) as captured:
            submission = actions.submit(resident, draft=draft.reference, key=f"k{number}", consent=True)
        counts.append(captured)
    written = [each["sql"] for each in counts[-1] if "insert into" in each["sql"].lower()]
    assert sum("registers_consent" in sql and "casework_case" in sql for sql in written) == 1, written
    assert Consent.objects.latest("id").subject == f"matter:{submission.matter}"


def test_without_consent_a_shared_material_is_handed_in_and_with_it_the_same_key_is_another_request(
    services, resident, a_picture
):
    material = {
        "key": "id_card",
        "name": {"zh-Hans": "身份证", "en": "Card"},
        "source": "shared",
        "evidence": "id_card",
    }
    version = services.publish(materials=[material])
    answers = {"reason": "expired", "name": "林晓雯"}
    file = {"service": "CL02", "region": "990102", "answers": answers}
    with pytest.raises(InvalidInput) as refused:
        actions.submit_direct(resident, **file, key="k")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("shared__id_card", "required")]
    stored = actions.keep_upload(resident, version=version, material="id_card", upload=a_picture())
    actions.submit_direct(resident, **file, files={"id_card": [stored.reference]}, key="k")
    assert (Case.objects.get().files.get().material, Consent.objects.count()) == ("id_card", 0)
    with pytest.raises(IdempotencyConflict):
        actions.submit_direct(resident, **file, files={"id_card": [stored.reference]}, key="k", consent=True)


def test_a_fee_makes_a_bill_and_the_case_waits_for_it(services, a_draft, resident):
    services.publish(fee={"amount": "40.00", "basis": {"zh-Hans": "居民身份证法第二十条", "en": "Law art. 20"}})
    submission = actions.submit(resident, draft=a_draft(resident).reference, key="k")
    bill = Bill.objects.get()
    assert (str(bill.total), bill.subject) == ("40.00", f"submission:{submission.reference}")
    case = Case.objects.get()
    assert (case.state, str(case.price)) == ("submitted", "40.00")


def test_an_instant_service_is_decided_in_the_same_transaction(services, a_draft, resident):
    services.instant()
    submission = actions.submit(resident, draft=a_draft(resident, service="MH03").reference, key="k")
    assert Case.objects.get().outcome == "granted"
    matter = Matter.objects.get(reference=submission.matter)
    assert (matter.state, Member.objects.get().state) == ("done", "done")
    assert matter.closed_at is not None


def test_faults_are_named_and_nothing_is_written(a_draft, resident):
    draft = a_draft(resident, answers={"reason": "lost", "name": ""})
    with pytest.raises(InvalidInput) as refused:
        actions.submit(resident, draft=draft.reference, key="k")
    assert {fault.path for fault in refused.value.faults} == {"lost_on", "name"}
    assert not Submission.objects.exists()
    assert not Matter.objects.exists()
    assert queries.open_draft(resident, reference=draft.reference)


def test_the_same_draft_gives_the_first_submission_again(a_draft, resident):
    draft = a_draft(resident)
    first = actions.submit(resident, draft=draft.reference, key="one")
    assert actions.submit(resident, draft=draft.reference, key="one") == first
    assert actions.submit(resident, draft=draft.reference, key="two") == first
    assert Case.objects.count() == 1


def test_a_key_used_for_another_draft_is_a_conflict(a_draft, resident):
    actions.submit(resident, draft=a_draft(resident).reference, key="one")
    other = a_draft(resident)
    with pytest.raises(IdempotencyConflict):
        actions.submit(resident, draft=other.reference, key="one")
    assert queries.open_draft(resident, reference=other.reference)


def test_keys_of_two_people_do_not_meet(a_draft, resident, identities):
    second = identities.resident(identities.person("李四", region=identities.region()))
    actions.submit(resident, draft=a_draft(resident).reference, key="one")
    actions.submit(second, draft=a_draft(second).reference, key="one")
    assert Submission.objects.count() == 2


def test_a_stranger_submits_nothing(a_draft, resident, identities):
    draft = a_draft(resident)
    stranger = identities.resident(identities.person("外人"))
    with pytest.raises(NotFound):
        actions.submit(stranger, draft=draft.reference, key="k")
    assert Draft.objects.get().submitted_at is None


def test_filing_needs_a_verified_identity(a_draft, resident, identities):
    draft = a_draft(resident)
    unsure = identities.resident(identities.person("未实名"), assurance=1)
    with pytest.raises(NotPermitted):
        actions.submit(unsure, draft=a_draft(unsure).reference, key="k")
    assert draft


def test_a_stale_form_version_is_told_and_the_draft_stays(services, a_draft, resident):
    draft = a_draft(resident)
    services.publish()
    with pytest.raises(ServiceChanged):
        actions.submit(resident, draft=draft.reference, key="k")
    actions.migrate_draft(resident, draft=draft.reference)
    assert actions.submit(resident, draft=draft.reference, key="k")


def test_a_service_switched_off_meanwhile_takes_no_submission(services, a_draft, resident):
    draft = a_draft(resident)
    service = draft.version.service
    service.enabled = False
    service.save()
    catalogue.kept.forget()
    with pytest.raises(ServiceClosed):
        actions.submit(resident, draft=draft.reference, key="k")
    assert queries.open_draft(resident, reference=draft.reference)


def test_files_of_questions_no_longer_asked_do_not_go_along(services, a_picture, resident):
    form = {
        "type": "object",
        "properties": {
            "with": question("boolean", en="With photo"),
            "photo": question(en="Photo", x_widget="file", x_material="photo", x_visible_when="with == true"),
        },
    }
    services.publish("XX01", form=form)
    draft = actions.start_draft(resident, service="XX01", region="990102", answers={"with": True})
    actions.attach(resident, draft=draft.reference, material="photo", upload=a_picture())
    actions.save_draft(resident, draft=draft.reference, answers={"with": False})
    actions.submit(resident, draft=draft.reference, key="k")
    case = Case.objects.get()
    assert case.answers == {"with": False}
    assert case.files.count() == 0


def test_a_corrected_fact_says_so_on_the_case(services, a_draft, resident):
    services.publish()
    draft = actions.start_draft(resident, service="CL02", region="990102")
    actions.save_draft(resident, draft=draft.reference, answers={"reason": "expired", "name": "林小雯"})
    actions.submit(resident, draft=draft.reference, key="k")
    assert Case.objects.get().sources["name"]["corrected"] is True


# --- Without a draft ------------------------------------------------------------------------------------
def test_the_api_and_the_page_are_judged_alike(services, resident):
    services.publish()
    with pytest.raises(InvalidInput) as refused:
        actions.submit_direct(resident, service="CL02", region="990102", answers={"reason": "lost", "x": 1}, key="k")
    assert {fault.path for fault in refused.value.faults} == {"x"}
    with pytest.raises(InvalidInput) as refused:
        actions.submit_direct(resident, service="CL02", region="990102", answers={"reason": "lost"}, key="k")
    assert {fault.path: fault.code for fault in refused.value.faults} == {"lost_on": "required", "name": "required"}


def test_a_replayed_request_gives_the_first_result(services, resident):
    services.publish()
    file = {"service": "CL02", "region": "990102", "answers": {"reason": "expired", "name": "甲"}}
    first = actions.submit_direct(resident, **file, key="k")
    assert actions.submit_direct(resident, **file, key="k") == first
    with pytest.raises(IdempotencyConflict):
        actions.submit_direct(resident, **{**file, "answers": {"reason": "expired", "name": "乙"}}, key="k")
    assert Case.objects.count() == 1


def test_only_own_files_can_be_handed_in(services, a_draft, a_picture, resident, identities):
    services.publish()
    draft = a_draft(resident)
    file = actions.attach(resident, draft=draft.reference, material="photo", upload=a_picture()).file
    stranger = identities.resident(identities.person("外人", region=identities.region()))
    complete = {"service": "CL02", "region": "990102", "answers": {"reason": "expired", "name": "甲"}}
    with pytest.raises(InvalidInput):
        actions.submit_direct(stranger, **complete, files={"photo": [file.reference]}, key="k")
    submission = actions.submit_direct(resident, **complete, files={"photo": [file.reference]}, key="k")
    assert submission.answers["photo"] == file.reference
    assert Case.objects.get().files.get().file_id == file.pk


def test_a_file_must_fit_the_material_it_is_handed_in_for(services, a_draft, resident):
    services.publish(materials=[PHOTO, {**PHOTO, "key": "letter", "accept": "", "name": {"en": "Letter"}}])
    draft = a_draft(resident)
    letter = actions.attach(resident, draft=draft.reference, material="letter", upload=a_pdf()).file
    complete = {"service": "CL02", "region": "990102", "answers": {"reason": "expired", "name": "甲"}}
    with pytest.raises(InvalidInput) as refused:
        actions.submit_direct(resident, **complete, files={"photo": [letter.reference]}, key="k")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("photo", "type")]
    with pytest.raises(InvalidInput) as refused:
        actions.submit_direct(resident, **complete, files={"letter": [letter.reference] * 2}, key="k")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("letter", "too_many")]
    assert actions.submit_direct(resident, **complete, files={"letter": [letter.reference]}, key="k")


def test_a_place_in_the_answers_decides_who_is_competent(services, identities, resident):
    form = {
        "type": "object",
        "properties": {"shop": question(en="District", x_widget="region", x_element="shop.region")},
    }
    version = services.publish("XX01", form=form)
    elsewhere = identities.unit(identities.department(key="jz.wangshan.market", region=identities.region("990103")))
    Competence.objects.create(
        service=version.service,
        region=identities.region("990103"),
        department=elsewhere.department,
        unit=elsewhere,
        valid_from=LONG_AGO,
    )
    catalogue.kept.forget()
    actions.submit_direct(resident, service="XX01", region="990102", answers={"shop": "990103"}, key="k")
    assert Case.objects.get().unit_id == elsewhere.pk


@pytest.mark.parametrize("key", ["", "x" * 101, "a\x00b"])
def test_a_key_is_needed(a_draft, resident, key):
    draft = a_draft(resident)
    with pytest.raises(InvalidInput):
        actions.submit(resident, draft=draft.reference, key=key)


def in_parallel(act, times: int) -> list[object]:
    results: list[object] = []
    start = threading.Barrier(times)

    def run() -> None:
        start.wait()
        try:
            results.append(act())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_submission(a_draft, resident):
    draft = a_draft(resident)
    results = in_parallel(lambda: actions.submit(resident, draft=draft.reference, key="click").reference, 4)
    assert len(set(results)) == 1, results
    assert Submission.objects.count() == Matter.objects.count() == Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_under_one_key_are_one_submission(services, resident):
    services.publish()
    answers = {"reason": "expired", "name": "甲"}

    def file() -> str:
        return actions.submit_direct(resident, service="CL02", region="990102", answers=answers, key="same").reference

    results = in_parallel(file, 4)
    assert len(set(results)) == 1, results
    assert Submission.objects.count() == Matter.objects.count() == Case.objects.count() == 1
