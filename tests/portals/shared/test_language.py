"""The language is kept by page: the switch shows the same page, with the same query, and is remembered."""

import re

import pytest

pytestmark = pytest.mark.django_db


def html_lang(response) -> str:
    return re.search(r'<html lang="([^"]+)"', response.content.decode()).group(1)


def test_chinese_is_the_first_language(client):
    assert html_lang(client.get("/help")) == "zh-Hans"


def test_the_browser_says_which_language_before_the_person_does(client):
    assert html_lang(client.get("/help", HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.8")) == "en"


def test_the_switch_keeps_the_page_and_its_query(client):
    page = client.get("/help?x=1&lang=en").content.decode()
    assert '<a href="/help?x=1&amp;lang=zh-Hans" lang="zh-Hans" hreflang="zh-Hans">' in page


def test_the_choice_is_remembered_over_the_browser(client):
    assert html_lang(client.get("/help?lang=en")) == "en"
    assert html_lang(client.get("/privacy", HTTP_ACCEPT_LANGUAGE="zh-CN")) == "en"
    assert html_lang(client.get("/privacy?lang=zh-Hans")) == "zh-Hans"
    assert html_lang(client.get("/help")) == "zh-Hans"


@pytest.mark.parametrize("wanted", ["fr", "xx", "", "en-us-x-very-long-tag", "<script>"])
def test_an_unknown_language_changes_nothing(client, wanted):
    response = client.get("/help", {"lang": wanted})
    assert html_lang(response) == "zh-Hans"
    assert "django_language" not in response.cookies


def test_large_type_is_remembered(client):
    assert 'class="text-large"' in client.get("/accessibility?text=large").content.decode()
    assert 'class="text-large"' in client.get("/help").content.decode()
    assert 'class="text-large"' not in client.get("/help?text=normal").content.decode()


def test_the_cookies_are_not_readable_by_scripts(client):
    cookie = client.get("/help?lang=en").cookies["django_language"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
