"""What a browser is told, as production tells it; and nothing is fetched from anybody else."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

SCRIPT = """
import json, django
django.setup()
from django.test import Client
client = Client(headers={"host": "city.example"})
answers = {}
for path in ("/account/login/", "/api/v1/nothing"):
    response = client.get(path, secure=True)
    answers[path] = {"headers": dict(response.items()), "cookies": [m.OutputString() for m in response.cookies.values()]}
plain = client.get("/account/login/")
answers["plain"] = {"status": plain.status_code, "location": plain["Location"]}
print("ANSWERS" + json.dumps(answers))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """Answers of a process whose settings are those of an instance behind https."""
    environment = {
        **os.environ,
        "EGOV_PUBLIC_URL": "https://city.example",
        "EGOV_ALLOWED_HOSTS": "city.example",
        "EGOV_SECRET_KEY": "x" * 60,
        "EGOV_DATA_KEY": "0" * 64,
        "DJANGO_SETTINGS_MODULE": "egov.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=settings.BASE_DIR,
    )
    return json.loads(done.stdout.partition("ANSWERS")[2])


@pytest.mark.long
@pytest.mark.parametrize("path", ["/account/login/", "/api/v1/nothing"])
def test_headers_of_production(production, path):
    headers = production[path]["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = dict(re.match(r"\s*(\S+)\s*(.*)", part).groups() for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "upgrade-insecure-requests" in policy
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "microphone=()" in headers["Permissions-Policy"]


@pytest.mark.long
def test_cookies_of_production(production):
    cookies = production["/account/login/"]["cookies"]
    assert cookies
    for cookie in cookies:
        assert "Secure" in cookie, cookie
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Lax" in cookie, cookie
        assert cookie.startswith(("__Host-", settings.LANGUAGE_COOKIE_NAME)), cookie
        assert "Domain" not in cookie, cookie


@pytest.mark.long
def test_plain_http_leads_to_https(production):
    assert production["plain"] == {"status": 301, "location": "https://city.example/account/login/"}


PAGES = [
    "/", "/services", "/verify", "/status", "/privacy", "/styleguide/", "/account/login/", "/account/signup/",
    "/account/password/reset/", "/api/docs/",
]  # fmt: skip
LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|object|form|link)\b[^>]*?\s(?:src|href|action|data)=\"([^\"]*)\""
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_fetched_from_anybody_else(client, public_city, path):
    page = client.get(path).content.decode()
    found = LOADED.findall(page)
    assert found
    foreign = [address for address in found if re.match(r"(?:[a-z]+:)?//", address)]
    assert not foreign
    assert not re.search(r"\son[a-z]+=|<style|\sstyle=", page.replace("&quot;", "")), "inline script or style"


@pytest.mark.django_db
def test_every_inline_script_carries_the_nonce_of_its_answer(client):
    response = client.get("/account/login/")
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    for tag in re.findall(r"<script\b[^>]*>", response.content.decode()):
        fine = "src=" in tag or "application/json" in tag or (nonce and nonce[1] in tag)
        assert fine, tag
