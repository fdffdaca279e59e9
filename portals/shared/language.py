"""The language of a page does not stand in its address: ``?lang=en`` sets a cookie and shows the same page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

COOKIE_AGE = 365 * 24 * 3600  # seconds

# What stands in ?lang=, in BCP 47, and what Django calls it.
LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}
NAMES = {"zh-Hans": "中文", "en": "English"}
TEXT_SIZES = ("normal", "large")


def asked_for(request: HttpRequest) -> str:
    """Django's name of the language in ``?lang=``, or "" when it is absent or not one of ours."""
    wanted = request.GET.get("lang", "").lower()
    return next((django for tag, django in LANGUAGES.items() if wanted in (tag.lower(), tag.lower()[:2])), "")


def switch_urls(request: HttpRequest, current: str) -> list[tuple[str, str, str]]:
    """(BCP 47 tag, name in itself, address of this page in it) of every other language."""
    found = []
    for tag, name in NAMES.items():
        if tag != current:
            query = request.GET.copy()
            query["lang"] = tag
            found.append((tag, name, f"{request.path}?{query.urlencode()}"))
    return found


def remember(response: HttpResponseBase, name: str, value: str) -> None:
    """In a cookie, as the choice of this browser."""
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
