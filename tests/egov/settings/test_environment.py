"""Settings come from the environment, then from the file that set-up wrote."""

import pytest

from egov.settings.environment import Environment, celery_broker, mail_settings


@pytest.fixture
def environment(tmp_path, monkeypatch):
    path = tmp_path / "env"
    path.write_text("# a remark\nEGOV_A=from file\nEGOV_B = 7 \nEGOV_LIST=a, b,,c\nEGOV_URL=x?y=z\n")
    monkeypatch.setenv("EGOV_A", "from process")
    return Environment(path)


def test_the_process_wins_over_the_file(environment):
    assert environment.text("EGOV_A", default="") == "from process"
    assert environment.number("EGOV_B", default=0) == 7
    assert environment.list("EGOV_LIST", default=[]) == ["a", "b", "c"]
    assert environment.text("EGOV_URL", default="") == "x?y=z"


def test_what_is_absent_has_its_default_and_a_secret_has_none(environment):
    assert environment.text("EGOV_NONE", default="d") == "d"
    assert environment.flag("EGOV_NONE", default=True) is True
    assert environment.given("EGOV_NONE") is False
    assert environment.secret("EGOV_NONE") != environment.secret("EGOV_NONE")


@pytest.mark.parametrize(("text", "expected"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_flags(monkeypatch, tmp_path, text, expected):
    monkeypatch.setenv("EGOV_FLAG", text)
    assert Environment(tmp_path / "none").flag("EGOV_FLAG", default=True) is expected


def test_mail_addresses():
    assert mail_settings("file:///var/mail%20out")["EMAIL_FILE_PATH"] == "/var/mail out"
    start = mail_settings("smtp://user%40x:p%2Fw@mail.example:2525")
    assert (start["EMAIL_HOST"], start["EMAIL_PORT"], start["EMAIL_USE_TLS"]) == ("mail.example", 2525, True)
    assert (start["EMAIL_HOST_USER"], start["EMAIL_HOST_PASSWORD"]) == ("user@x", "p/w")
    implicit = mail_settings("smtps://mail.example")
    assert (implicit["EMAIL_PORT"], implicit["EMAIL_USE_SSL"], implicit["EMAIL_USE_TLS"]) == (465, True, False)
    assert mail_settings("smtp://localhost:25?tls=none")["EMAIL_USE_TLS"] is False
    with pytest.raises(ValueError, match="scheme"):
        mail_settings("imap://x")


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://host:6379/2", "redis://host:6379/2"),
        ("rediss://host/0", "rediss://host/0"),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
    ],
)
def test_the_queue_spells_the_address_of_redis_its_own_way(redis, broker):
    assert celery_broker(redis) == broker
