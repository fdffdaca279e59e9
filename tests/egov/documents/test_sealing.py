"""A sealed PDF carries the department's signature; one changed byte breaks it; seals rotate and documents stay valid."""

import datetime as dt
import os
import re
import shutil
import subprocess
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import call_command
from django.db import connection

from egov.contracts.documents import DocumentIssued
from egov.documents import actions, authority, queries, registry, sealing
from egov.documents.models import DocumentState, IssuedDocument, Seal
from egov.journal.models import Entry
from egov.kernel import clock, outbox
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotFound, NotPermitted, Unavailable
from egov.kernel.models import OutboxMessage
from egov.kernel.refs import Ref


def pdfsig(pdf, tmp_path):
    """What poppler says of the signature."""
    if shutil.which("pdfsig") is None:
        pytest.skip("!!! pdfsig (poppler-utils) is not installed: signatures are NOT checked by a second program")
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf)
    # No trust store of the system: only the signature itself is asked about.
    done = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False)
    return done.stdout


def time_stamper_under(pair):
    """Key and certificate (DER) of a time-stamp authority that our own authority vouches for."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TSA")]))
        .issuer_name(pair.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(pair.private, hashes.SHA256())
    )
    der, plain = serialization.Encoding.DER, serialization.NoEncryption()
    return key.private_bytes(der, serialization.PrivateFormat.PKCS8, plain), certificate.public_bytes(der)


def flipped(pdf, place):
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


@pytest.mark.django_db
def test_poppler_says_the_signature_is_valid_and_one_changed_byte_makes_it_invalid(a_letter, tmp_path):
    pdf = queries.pdf(a_letter().pk)
    said = pdfsig(pdf, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    for place in (pdf.index(b"/MediaBox") + 12, pdf.index(b"endstream") - 8, len(pdf) // 3):
        said = pdfsig(flipped(pdf, place), tmp_path)
        assert "Signature is Valid" not in said


@pytest.mark.django_db
def test_every_part_of_the_file_is_covered(a_letter):
    document = a_letter()
    pdf = queries.pdf(document.pk)
    report = sealing.check(pdf, roots=authority.roots(), moment=clock.now())
    assert report is not None
    assert report.intact
    assert report.trusted
    assert report.code == document.code
    assert report.signer == "临江区市场监督管理局"
    # The signature itself stands in a gap; a change there is found by the file's hash.
    gap = range(pdf.index(b"/Contents <"), pdf.index(b">", pdf.index(b"/Contents <")))
    for place in range(10, len(pdf), len(pdf) // 40):
        changed = flipped(pdf, place)
        report = sealing.check(changed, roots=authority.roots(), moment=clock.now())
        assert place in gap or report is None or not (report.intact and report.trusted), place
        try:
            assert queries.verify_upload(changed).finding is queries.Finding.ALTERED
        except NotFound:
            assert report is None or report.code != document.code
    appended = sealing.check(pdf + b"\n%%EOF\n", roots=authority.roots(), moment=clock.now())
    assert appended is None or not appended.intact


@pytest.mark.django_db
def test_a_seal_of_another_authority_is_not_trusted(a_letter, settings, tmp_path):
    pdf = queries.pdf(a_letter().pk)
    settings.EGOV_KEYS_DIR = tmp_path
    authority.make_authority()
    report = sealing.check(pdf, roots=authority.roots(), moment=clock.now())
    assert report is not None
    assert report.intact
    assert not report.trusted


@pytest.mark.django_db
def test_the_worker_seals_what_was_issued_and_a_repeat_changes_nothing(a_letter):
    document = a_letter()
    message = OutboxMessage.objects.get(name=DocumentIssued.name)
    assert message.queue == "urgent"
    assert outbox.deliver(queue="urgent") == 1
    document.refresh_from_db()
    assert document.state == DocumentState.SEALED
    before = document.file_id
    assert actions.seal_document(SYSTEM, document_id=document.pk).file_id == before
    assert Entry.objects.filter(action=actions.SEAL_ACT).count() == 1
    with pytest.raises(NotFound):
        actions.seal_document(SYSTEM, document_id=0)


@pytest.mark.django_db(transaction=True)
def test_two_who_open_a_new_document_at_once_get_the_same_file(a_letter):
    document = a_letter()
    contents, start = [], threading.Barrier(2)

    def opened():
        start.wait(5)
        try:
            contents.append(queries.pdf(document.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=opened) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(contents) == 2
    assert contents[0] == contents[1]
    assert Seal.objects.count() == 1


@pytest.mark.django_db
def test_keys_are_private_and_need_the_data_key(agency, settings):
    seal = actions.seal_in_use(agency)
    path = authority.pkcs12_path(seal.key_id)
    assert path.stat().st_mode & 0o777 == 0o600
    assert authority.folder().stat().st_mode & 0o777 == 0o700
    assert registry.seal_providers.get("file").check() == []
    settings.EGOV_DATA_KEY = "00" * 32
    with pytest.raises((Unavailable, ValueError)):
        registry.FileSeals().signer(seal)
    os.chmod(path, 0o644)
    assert registry.seal_providers.get("file").check()
    os.chmod(path, 0o600)


@pytest.mark.django_db
def test_the_certificate_names_the_department(agency):
    certificate = x509.load_pem_x509_certificate(actions.seal_in_use(agency).certificate.encode())
    subject = certificate.subject.rfc4514_string()
    assert "CN=临江区市场监督管理局" in subject
    assert "O=Linjiang Market Regulation Bureau" in subject
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    (root,) = x509.load_pem_x509_certificates(queries.root_certificates().encode())
    certificate.verify_directly_issued_by(root)
    long_name = {"zh-Hans": "很长的名称" * 20, "en": "x" * 200}
    assert authority.make_seal(key_id="long", names=long_name, code="c" * 100)


@pytest.mark.django_db(transaction=True)
def test_a_new_seal_takes_over_and_what_was_sealed_before_stays_valid(a_letter, agency, journal_key, officer_of):
    from egov.journal.actions import seal_pending

    before = a_letter()
    queries.pdf(before.pk)
    seal_pending()
    old = Seal.objects.get()
    new = actions.rotate_seal(officer_of(agency, "department_admin"), department_id=agency.pk, reason="yearly")
    old.refresh_from_db()
    assert old.retired_at is not None
    assert not (authority.folder() / f"{old.key_id}.p12").exists()
    after = a_letter()
    queries.pdf(after.pk)
    after.refresh_from_db()
    assert after.seal == new
    for document in (before, after):
        assert queries.verify(document.code).finding is queries.Finding.VALID
    assert [seal.pk for seal in queries.seals()] == [new.pk]


@pytest.mark.django_db
def test_who_may_rotate(agency, an_agency, officer_of, payer, acting_for, administrator):
    actions.seal_in_use(agency)
    for who in (
        officer_of(agency, "department_head"),
        officer_of(an_agency("望山区公安局"), "department_admin"),
        acting_for(payer),
    ):
        with pytest.raises(NotPermitted):
            actions.rotate_seal(who, department_id=agency.pk)
    assert actions.rotate_seal(administrator("platform_admin"), department_id=agency.pk)
    with pytest.raises(NotFound):
        actions.rotate_seal(SYSTEM, department_id=0)


@pytest.mark.django_db(transaction=True)
def test_a_seal_that_runs_out_is_replaced_in_time_and_one_that_ran_out_at_once(agency, a_letter, frozen):
    frozen("2026-03-02 09:00")
    first = actions.seal_in_use(agency)
    assert actions.renew_seals() == []
    frozen("2029-02-20 09:00")
    assert registry.expires_soon(first)
    (second,) = actions.renew_seals()
    assert second.valid_to > first.valid_to
    frozen("2033-01-01 09:00")
    third = actions.seal_in_use(agency)
    assert third.pk != second.pk
    queries.pdf(a_letter().pk)


@pytest.mark.django_db
def test_set_up_makes_what_is_missing_and_nothing_twice(agency, an_agency, capsys):
    an_agency("望山区公安局")
    call_command("make_seals", "--dry-run")
    assert agency.key in capsys.readouterr().out
    assert not Seal.objects.exists()
    call_command("make_seals")
    assert Seal.objects.filter(retired_at=None).count() == 2
    call_command("make_seals")
    assert re.search(r"^0 seals made", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.django_db
def test_a_token_that_is_not_there_says_what_is_missing(agency, settings):
    provider = registry.seal_providers.get("pkcs11")
    assert len(provider.check()) >= 2
    settings.EGOV_SEAL_PROVIDER = "pkcs11"
    with pytest.raises(Unavailable):
        actions.seal_in_use(agency)


@pytest.mark.django_db
def test_a_time_stamp_authority_dates_the_seal(a_letter, monkeypatch, settings):
    """With the stamper of pyHanko's own tests, which needs no network."""
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.timestamps import DummyTimeStamper

    key, certificate = time_stamper_under(authority.make_authority())
    stamper = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate), tsa_key=asn1_keys.PrivateKeyInfo.load(key)
    )
    monkeypatch.setattr(registry.Rfc3161, "stamper", lambda _self: stamper)
    provider = registry.time_authorities.get("rfc3161")
    assert provider.check()
    settings.EGOV_TIMESTAMP_URL = "http://tsa.invalid"
    assert provider.check() == []
    report = sealing.check(queries.pdf(a_letter().pk), roots=authority.roots(), moment=clock.now())
    assert report is not None
    assert report.intact
    assert report.timestamped_at is not None


@pytest.mark.django_db
def test_issuing_many_takes_few_statements(agency, payer, django_assert_max_num_queries):
    specs = [
        actions.DocumentSpec(
            template="decision",
            title={"zh-Hans": "决定书"},
            subject=Ref("case", f"C{number}"),
            holder_id=payer.pk,
            department_id=agency.pk,
        )
        for number in range(20)
    ]
    # A block of references, documents, journal, outbox.
    with django_assert_max_num_queries(4):
        actions.issue_documents(SYSTEM, specs=specs)
    assert IssuedDocument.objects.count() == 20
    assert queries.pending_count() == 20
