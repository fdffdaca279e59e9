"""Django's admin is for superusers only."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model

from egov.kernel.admin_site import EgovAdminSite

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("flags", "status"),
    [({}, 403), ({"is_staff": True}, 403), ({"is_staff": True, "is_superuser": True}, 200)],
)
@pytest.mark.ignore_template_errors
def test_only_superusers_come_in(client, flags, status):
    account = get_user_model().objects.create(username="someone", **flags)
    client.force_login(account)
    response = client.get("/admin/", follow=True)
    assert response.status_code == status


def test_visitors_are_sent_to_the_one_login(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/account/login/")


def test_it_is_the_site_that_rooms_register_at():
    assert isinstance(admin.site, EgovAdminSite) or admin.site.__class__.__name__ == "DefaultAdminSite"
    assert isinstance(admin.site._wrapped if hasattr(admin.site, "_wrapped") else admin.site, EgovAdminSite)
