"""Errors are pages: the status, what happened in plain words, the way out. Never a stack trace, never a 500 for bad input."""

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, StaleVersion, TooLarge, Unavailable

pytestmark = pytest.mark.django_db

RAISED = {
    "not-permitted": NotPermitted(),
    "not-found": NotFound(way_out="Look in the list."),
    "stale": StaleVersion(),
    "too-large": TooLarge(),
    "unavailable": Unavailable(),
    "invalid": InvalidInput.at("name", "required", "The name is missing."),
    "suspicious": SuspiciousOperation("x"),
    "too-big": RequestDataTooBig("x"),
    "broken": ZeroDivisionError(),
}


def raising(request, what):
    raise RAISED[what]


def capacity_page(request, capacity):
    return HttpResponse(request.actor.capacity)


urlpatterns = [
    path("raise/<str:what>", raising),
    path("as/<str:capacity>/x", capacity_page),
    path("account/", include("allauth.urls")),
    path("", include("portals.shared.urls")),
    path("", include("portals.public.urls")),
]
handler400 = "portals.shared.errors.bad_request"
handler403 = "portals.shared.errors.permission_denied"
handler404 = "portals.shared.errors.page_not_found"
handler500 = "portals.shared.errors.server_error"


@pytest.fixture(autouse=True)
def _urls():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("not-permitted", 403, "You may not do this in the capacity you have chosen."),
        ("not-found", 404, "Look in the list."),
        ("stale", 409, "This changed while you had it open."),
        ("too-large", 413, "This is too large."),
        ("unavailable", 503, "try again in a few minutes"),
        ("invalid", 422, "The name is missing."),
        ("suspicious", 400, "We could not read this request"),
        ("too-big", 413, "This is too large to send"),
    ],
)
def test_a_typed_error_is_a_page_with_its_status(client, what, status, words):
    response = client.get(f"/raise/{what}?lang=en")
    assert response.status_code == status
    page = response.content.decode()
    assert words in page
    assert "To the front page" in page
    assert "Traceback" not in page


def test_an_unknown_address_offers_the_need_box(client):
    response = client.get("/no/such/page?lang=en")
    assert response.status_code == 404
    assert 'id="need"' in response.content.decode()


def test_a_fault_of_ours_needs_no_database(client, django_assert_num_queries):
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        response = client.get("/raise/broken?lang=en")
    assert response.status_code == 500
    assert "A fault on our side" in response.content.decode()


def test_errors_speak_chinese(client):
    assert "没有这个页面" in client.get("/no/such/page?lang=zh-Hans").content.decode()


def test_a_capacity_asks_for_the_login_first(client):
    response = client.get("/as/self/x?y=1")
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/as/self/x%3Fy%3D1"
