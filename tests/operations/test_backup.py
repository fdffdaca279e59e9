"""A backup made while the platform runs brings everything back into an empty instance, journal verified."""

import subprocess
import tarfile

import pytest

from tests.plugins.instances import BASE, PYTHON

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

WRITE = """
from django.db import transaction
from egov.contracts.cases import CaseOpened
from egov.journal import actions as journal
from egov.kernel import outbox, secrets
from egov.kernel.actor import SYSTEM
from egov.kernel.models import Counter
from egov.kernel.refs import Ref
with transaction.atomic():
    Counter.objects.create(key="receipts", value=41)
    outbox.emit(CaseOpened(case="JZ-1", matter="JZ-2", service="CL02", department_id=1, applicant_id=1))
    for number in range(20):
        journal.record(SYSTEM, "test.act", Ref("case", f"JZ-{number}"), content={"number": number})
journal.seal_pending()
print(secrets.encrypt("11010119900307123X").hex())
"""


def bin_(instance, script, *arguments, expect=0):
    command = [PYTHON, str(BASE / "bin" / script), *map(str, arguments)]
    done = subprocess.run(
        command, cwd=BASE, env=instance.environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def test_what_was_backed_up_is_restored_into_an_empty_instance(instance, make_instance, tmp_path):
    instance.manage("make_journal_key")
    sealed = instance.python(WRITE)
    (instance.place / "files" / "ab").mkdir(parents=True)
    (instance.place / "files" / "ab" / "photo").write_bytes(b"\xff\xd8 a photo")
    (instance.place / "keys").mkdir(mode=0o700, exist_ok=True)
    (instance.place / "keys" / "test-seal.pem").write_text("a key")
    archive = tmp_path / "backup.tar.gz"

    bin_(instance, "backup", archive)
    assert archive.stat().st_mode & 0o777 == 0o600

    other = make_instance()
    other.start(empty=True)
    done = bin_(other, "restore", archive)
    assert "Restored and verified." in done.stdout

    assert other.sql("select value from kernel_counter where key = 'receipts'") == [41]
    assert other.sql("select count(*) from kernel_outboxmessage") == [1]
    assert other.sql("select count(*) from journal_entry") == instance.sql("select count(*) from journal_entry")
    assert (other.place / "files" / "ab" / "photo").read_bytes() == b"\xff\xd8 a photo"
    assert (other.place / "keys" / "test-seal.pem").read_text() == "a key"
    assert (other.place / "env").stat().st_mode & 0o777 == 0o600
    decrypt = f"from egov.kernel import secrets; print(secrets.decrypt(bytes.fromhex('{sealed}')))"
    assert other.python(decrypt) == "11010119900307123X"
    # New rows go on where the old ones ended.
    assert other.sql("select nextval('kernel_reference_seq')") == instance.sql("select nextval('kernel_reference_seq')")

    again = bin_(other, "restore", archive, expect=1)
    assert "not empty" in again.stderr


def test_an_archive_under_another_key_is_refused_before_anything_is_written(instance, make_instance, tmp_path):
    archive = tmp_path / "backup.tar.gz"
    bin_(instance, "backup", archive)
    other = make_instance().start(empty=True)
    command = [PYTHON, str(BASE / "bin/restore"), str(archive)]
    environment = {**other.environment, "EGOV_DATA_KEY": "00" * 32}
    done = subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 1
    assert "EGOV_DATA_KEY" in done.stderr
    assert other.sql("select count(*) from pg_class where relnamespace = 'public'::regnamespace") == [0]


def test_an_archive_altered_in_the_journal_is_not_called_verified(instance, make_instance, tmp_path):
    instance.manage("make_journal_key")
    instance.python(WRITE)
    instance.sql(
        "alter table journal_entry disable trigger all; update journal_entry set action = 'forged' where id = 7"
    )
    archive = tmp_path / "backup.tar.gz"
    bin_(instance, "backup", archive)
    other = make_instance().start(empty=True)
    done = bin_(other, "restore", archive, expect=1)
    assert "verify_journal" in done.stderr
    assert "Restored and verified." not in done.stdout


def test_the_archive_holds_no_more_than_it_says(instance, tmp_path):
    archive = tmp_path / "backup.tar.gz"
    bin_(instance, "backup", archive)
    with tarfile.open(archive) as tar:
        roots = {name.split("/")[0] for name in tar.getnames()}
    assert roots <= {"manifest.json", "secrets", "database.dump", "files", "keys"}
