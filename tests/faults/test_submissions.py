"""Web and workers are killed in the middle of submissions: each acknowledged one exists exactly once, and so does
everything that follows from it."""

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
import uuid

import pytest
from django.conf import settings
from django.db.models import Count
from django.test import Client

from egov.casework.models import Case
from egov.deadlines.models import Clock
from egov.intake.models import Submission
from egov.kernel.models import OutboxMessage
from egov.matters.models import Matter
from egov.notices.models import Notice
from tests.plugins.instances import embedded, until

pytestmark = [pytest.mark.long, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]

CLIENTS = 4
EACH = 12  # under the throttle of one account
PAUSE = 0.4  # seconds between two filings of one client, so that they last while processes are killed, however fast
BODY = {"service": "CL02", "region": "990102", "answers": {"reason": "expired", "name": "林晓雯"}}


@pytest.fixture
def sessions(identities, services):
    """Cookie headers of residents who are logged in."""
    services.publish("CL02")
    found = []
    for _ in range(CLIENTS):
        account = identities.account(identities.person(region=identities.region()))
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        found.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return found


def submit(port, session, key):
    """The submission's reference; None when the connection broke or the server was away."""
    token = "a" * 32
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "Cookie": f"{session}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("POST", "/api/v1/as/self/submissions", json.dumps(BODY), headers)
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    assert response.status in (201, 503), (response.status, content)
    return json.loads(content)["reference"] if response.status == 201 else None


def file_until_acknowledged(port, session, acknowledged):
    """As an honest client does: the same key until there is an answer."""
    for _ in range(EACH):
        key = uuid.uuid4().hex
        end = time.monotonic() + 60
        while (reference := submit(port, session, key)) is None:
            if time.monotonic() > end:
                return
            time.sleep(0.1)
        acknowledged[key] = reference
        time.sleep(PAUSE)


def processes_of(group):
    """All processes of the group but its leader, the supervisor."""
    listed = subprocess.run(["pgrep", "-g", str(group.pid)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in listed.stdout.split() if int(pid) != group.pid]


def test_killed_web_processes_and_workers_lose_nothing_and_double_nothing(make_instance, sessions):
    instance = make_instance().start(here=True)
    instance.manage("make_journal_key")
    port = embedded.free_port(18_500)
    # Granian itself gives up when a worker dies twice within seconds; its supervisor starts it again.
    web = instance.web(port, supervised=True)
    worker = instance.worker(supervised=True)
    acknowledged: dict[str, str] = {}
    threads = [
        threading.Thread(target=file_until_acknowledged, args=[port, session, acknowledged], daemon=True)
        for session in sessions
    ]
    chance = random.Random(7)
    for thread in threads:
        thread.start()
    kills = 0
    while any(thread.is_alive() for thread in threads) and kills < 8:
        time.sleep(chance.uniform(0.3, 1.2))
        if kills % 3 == 2:
            instance.kill(worker)
            worker = instance.worker(supervised=True)
        elif victims := processes_of(web):
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(victims), signal.SIGKILL)
        kills += 1
    for thread in threads:
        thread.join(120)
    assert len(acknowledged) == CLIENTS * EACH
    assert kills >= 3

    references = set(acknowledged.values())
    assert len(references) == CLIENTS * EACH
    assert set(Submission.objects.values_list("reference", flat=True)) == references
    assert Matter.objects.count() == Case.objects.count() == len(references)
    until(lambda: not OutboxMessage.objects.filter(delivered_at=None).exists(), seconds=120, what="all delivered")
    assert not OutboxMessage.objects.filter(dead_at__isnull=False).exists()
    told = Notice.objects.filter(kind="submission_accepted").values("subject").annotate(times=Count("pk"))
    assert {row["times"] for row in told} == {1}
    assert len(told) == len(references)
    # Every case has its clocks, each once.
    clocks = Clock.objects.values("subject", "kind").annotate(times=Count("pk"))
    assert {row["times"] for row in clocks} == {1}
    assert {row["subject"] for row in clocks} == {
        f"case:{each}" for each in Case.objects.values_list("reference", flat=True)
    }


def test_without_redis_submissions_are_accepted_at_once(make_instance, sessions):
    instance = make_instance().start(here=True)
    port = embedded.free_port(18_600)
    instance.web(port)
    assert submit(port, sessions[0], "with-redis")
    instance.redis.stop()
    began = time.monotonic()
    for number in range(10):
        assert submit(port, sessions[0], f"without-redis-{number}")
    assert time.monotonic() - began < 10
    assert Submission.objects.count() == 11
