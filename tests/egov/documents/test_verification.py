"""Anyone learns who issued what, whether it still holds and how that is known; nobody learns more."""

import datetime as dt
import re

import pytest
from django.db import connection, transaction

from egov.documents import actions, queries
from egov.documents.models import IssuedDocument
from egov.documents.queries import Finding
from egov.journal.actions import seal_pending
from egov.journal.queries import Pending, Proof
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotFound, TransitionNotAllowed
from egov.kernel.models import Counter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealed(a_letter, journal_key):
    document = a_letter()
    queries.pdf(document.pk)
    document.refresh_from_db()
    return document


def altered(pdf):
    return pdf.replace(b"/MediaBox", b"/MediaBix", 1)


def test_a_genuine_document(sealed):
    before = queries.verify(sealed.code)
    assert before.finding is Finding.VALID
    assert isinstance(before.proof, Pending)
    assert not before.proof_holds
    seal_pending()
    found = queries.verify(f" {sealed.code[:4].lower()}-{sealed.code[4:]}")
    assert found.finding is Finding.VALID
    assert found.in_force
    assert found.holder == "王*"
    assert found.issuer["zh-Hans"] == "临江区市场监督管理局"
    assert found.signature.intact
    assert isinstance(found.proof, Proof)
    assert found.proof_holds
    assert found.proven_at is not None
    assert found.proven_at >= sealed.sealed_at
    assert str(found.finding.label)


def test_an_unknown_code_and_a_slip(sealed):
    last = "2" if sealed.code[-1] != "2" else "3"
    for code in ("", "K7QF", sealed.code[:-1] + last, "' or 1=1 --", "x" * 5000):
        with pytest.raises(NotFound):
            queries.verify(code)


def test_one_that_waits_to_be_sealed(a_letter):
    found = queries.verify(a_letter().code)
    assert found.finding is Finding.PENDING
    assert found.signature is None
    assert found.sha256 == ""


def test_by_the_file_itself(sealed):
    content = queries.pdf(sealed.pk)
    found = queries.verify_upload(content)
    assert found.finding is Finding.VALID
    assert found.matches is True
    assert queries.verify_hash(f" {sealed.file.sha256.upper()} ").reference == sealed.reference


def test_a_changed_file_is_reported_under_the_document_it_claims_to_be(sealed):
    found = queries.verify_upload(altered(queries.pdf(sealed.pk)))
    assert found.finding is Finding.ALTERED
    assert found.matches is False
    assert found.reference == sealed.reference
    for content in (b"", b"%PDF-1.7 nothing", b"\x00" * 1000):
        with pytest.raises(NotFound):
            queries.verify_upload(content)


def test_a_revoked_document(sealed, officer_of, agency):
    actions.revoke_document(
        officer_of(agency, "section_head"), document_id=sealed.pk, reason={"zh-Hans": "内容有误，另行作出决定。"}
    )
    found = queries.verify(sealed.code)
    assert found.finding is Finding.REVOKED
    assert found.ended_at is not None
    assert found.end_reason["zh-Hans"].startswith("内容有误")
    assert found.signature.intact


def test_after_the_certificate_ran_out_the_journals_proof_decides(a_letter, journal_key, frozen):
    frozen("2026-03-02 09:00")
    proven, unproven = a_letter(), a_letter()
    queries.pdf(proven.pk)
    frozen("2026-03-02 09:01")
    first_head = seal_pending()
    queries.pdf(unproven.pk)
    frozen("2031-05-01 09:00")
    late = queries.verify(unproven.code)
    assert late.finding is Finding.UNPROVEN
    assert late.certificate_expired
    seal_pending()
    found = queries.verify(proven.code)
    assert found.certificate_expired
    assert found.finding is Finding.VALID
    assert found.proven_at == first_head.signed_at
    # Sealed into the log only after the certificate had run out: that proves too little.
    assert queries.verify(unproven.code).finding is Finding.UNPROVEN


def test_a_file_swapped_with_superuser_rights_is_found_out(sealed, a_letter):
    """Another genuine letter's bytes under this one's code: the journal's entry is about other bytes."""
    other = a_letter(data={"outcome": "refused"})
    queries.pdf(other.pk)
    other.refresh_from_db()
    IssuedDocument.objects.filter(pk=sealed.pk).update(file=other.file_id)
    assert queries.verify(sealed.code).finding is Finding.UNPROVEN


def test_a_document_that_was_never_sealed_by_us_is_not_proven(sealed):
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("delete from journal_entry where action = %s", [actions.SEAL_ACT])
        cursor.execute("set session_replication_role = origin")
    assert queries.verify(sealed.code).finding is Finding.UNPROVEN


def test_damaged_bytes_on_disk_are_not_called_valid(sealed, settings):
    path = settings.MEDIA_ROOT / sealed.file.path
    path.write_bytes(altered(path.read_bytes()))
    assert queries.verify(sealed.code).finding is Finding.UNPROVEN


# --- Certificates ------------------------------------------------------------------------------------


@pytest.fixture
def a_licence(agency, payer, journal_key):
    def make(actor=SYSTEM, **more):
        given = {
            "type": "FOOD",
            "holder_id": payer.pk,
            "issuer_id": agency.pk,
            "case": "JZ-C-1",
            "service": "LC01",
            "data": {"rows": [{"label": "经营场所", "value": "老街26号"}]},
            "valid_from": clock.today(),
            "valid_to": clock.today() + dt.timedelta(days=365),
            "title": {"zh-Hans": "食品经营许可证", "en": "Food business licence"},
            "template": "licence",
            **more,
        }
        with transaction.atomic():
            credential = actions.issue_credential(actor, **given)
        queries.pdf(credential.document_id)
        return credential

    return make


def test_a_licence_in_force(a_licence, payer):
    licence = a_licence()
    found = queries.verify(licence.document.code)
    assert found.finding is Finding.VALID
    assert found.number == licence.number
    assert found.credential_version == 1
    assert found.valid_to == licence.valid_to
    assert queries.holds(payer.pk, "FOOD") == licence
    assert queries.holds(payer.pk, "TOBACCO") is None


@pytest.mark.parametrize(
    ("dates", "finding"),
    [((-400, -1), Finding.EXPIRED), ((1, 300), Finding.NOT_YET_VALID), ((-5, None), Finding.VALID)],
)
def test_the_term_decides(a_licence, dates, finding):
    start, end = (None if days is None else clock.today() + dt.timedelta(days=days) for days in dates)
    assert queries.verify(a_licence(valid_from=start, valid_to=end).document.code).finding is finding


def test_types_without_digits_of_their_own_have_different_numbers(a_licence):
    assert a_licence(type="KEEPING_A_DOG").number != a_licence(type="FISHING").number


def test_suspended_reinstated_revoked(a_licence, agency, officer_of, payer):
    head, licence = officer_of(agency, "department_head"), a_licence()
    actions.suspend_credential(head, credential_id=licence.pk, reason={"zh-Hans": "限期整改"})
    assert queries.verify(licence.document.code).finding is Finding.SUSPENDED
    assert queries.holds(payer.pk, "FOOD") is None
    actions.reinstate_credential(head, credential_id=licence.pk)
    assert queries.verify(licence.document.code).finding is Finding.VALID
    actions.revoke_credential(head, credential_id=licence.pk, kind="revoked", reason={"zh-Hans": "食品安全违法"})
    found = queries.verify(licence.document.code)
    assert found.finding is Finding.ENDED
    assert not found.in_force
    assert found.end_label == "已吊销" or found.end_label == "revoked"
    assert found.signature.intact


def test_a_new_version_keeps_the_serial_and_ends_the_old_one(a_licence):
    first = a_licence()
    second = a_licence(replaces_id=first.pk, data={"rows": []})
    assert second.version == 2
    assert second.number.split(".")[-3] == first.number.split(".")[-3]
    assert second.number != first.number
    found = queries.verify(first.document.code)
    assert found.finding is Finding.ENDED
    assert found.newer_code.replace("-", "") == second.document.code
    assert queries.verify(second.document.code).finding is Finding.VALID
    with pytest.raises(TransitionNotAllowed):
        a_licence(replaces_id=first.pk)


def test_a_certificate_shows_the_data_elements_that_the_dictionary_knows(a_licence):
    from egov.registers.models import DataElement

    DataElement.objects.create(key="shop.address", name={"zh-Hans": "经营场所", "en": "Premises"})
    DataElement.objects.create(key="shop.hot_food", name={"zh-Hans": "制作热食", "en": "Hot food"})
    DataElement.objects.create(key="person.id_number", name={"zh-Hans": "身份号码"}, sensitive=True)
    data = {
        "shop.address": "老街26号",
        "shop.hot_food": True,
        "person.id_number": "110101199003079972",
        "x.y": "?",
        "shop.list": [],
    }
    document = a_licence(data=data).document
    assert document.data["rows"] == [
        {"label": {"zh-Hans": "经营场所", "en": "Premises"}, "value": "老街26号"},
        {"label": {"zh-Hans": "制作热食", "en": "Hot food"}, "value": {"zh-Hans": "是", "en": "yes"}},
        {"label": {"zh-Hans": "身份号码"}, "value": "110***********9972"},
    ]


def test_numbers_of_certificates_rise_and_nobody_waits_for_one(a_licence):
    serials = [a_licence(type=type_).number.split(".")[-3] for type_ in ("FOOD", "FOOD", "TOBACCO")]
    assert all(re.fullmatch(r"\d{10}", serial) for serial in serials)
    assert serials == sorted(set(serials))
    assert not Counter.objects.filter(key__startswith="credential:").exists(), "a counter's row stays locked"


def test_the_wallet_shows_what_is_in_force_first(a_licence, payer):
    ended, current = a_licence(), a_licence(type="TOBACCO")
    actions.revoke_credential(SYSTEM, credential_id=ended.pk, kind="cancelled", reason={})
    assert list(queries.credentials_of(payer.pk)) == [current, ended]
    assert queries.credential(current.reference) == current
    assert queries.state_of(queries.credential(ended.reference)) == "cancelled"
    assert {each.pk for each in queries.documents_of(payer.pk)} == {ended.document_id, current.document_id}


def test_verifying_takes_a_bounded_number_of_statements(sealed, django_assert_max_num_queries):
    seal_pending()
    with django_assert_max_num_queries(12):
        queries.verify(sealed.code)
