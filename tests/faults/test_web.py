"""A web process that is told to stop finishes the requests it has."""

import threading
import urllib.request

import pytest

from tests.plugins.instances import embedded, until

pytestmark = [pytest.mark.long, pytest.mark.timeout(120)]


def test_a_request_in_flight_is_answered_before_the_process_ends(instance):
    port = embedded.free_port(18_400)
    web = instance.web(port, target="tests.faults.slow:application")
    answers = []

    def ask():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/slow", timeout=20) as response:
            answers.append(response.read())

    asking = threading.Thread(target=ask)
    asking.start()
    threading.Event().wait(0.5)
    web.terminate()
    asking.join(20)
    assert answers == [b"done"]
    until(lambda: web.poll() is not None, seconds=25, what="the end of the server")
