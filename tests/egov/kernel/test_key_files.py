"""Files of keys under several processes: one makes it, nobody reads half of it."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command

from egov.kernel import key_files


def test_a_key_is_never_written_over(tmp_path):
    path = tmp_path / "key"
    key_files.write_new(path, b"first")
    with pytest.raises(FileExistsError):
        key_files.write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_is_replaced_whole(tmp_path):
    path = tmp_path / "current"
    key_files.replace(path, b"first")
    key_files.replace(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_of_several_processes_one_makes_the_token_key(tmp_path, settings):
    settings.EGOV_TOKEN_KEY_FILE = tmp_path / "keys" / "tokens.pem"
    with ThreadPoolExecutor(4) as together:
        for done in [together.submit(call_command, "make_token_key") for _ in range(4)]:
            done.result()
    assert settings.EGOV_TOKEN_KEY_FILE.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert list(settings.EGOV_TOKEN_KEY_FILE.parent.iterdir()) == [settings.EGOV_TOKEN_KEY_FILE]
