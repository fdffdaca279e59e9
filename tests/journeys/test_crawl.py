"""Every page of every portal that links lead to, in both languages, at two widths, with and without JavaScript.

On each page: it answers, axe finds nothing (WCAG 2.2 AA), nothing overflows sideways, no text is left in the other
language, the browser reports no error. Each kind of user crawls from the start pages; of each URL pattern a few
addresses are looked at.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.plugins.looking import look_at

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LANGUAGES = ("zh-Hans", "en")
WIDTHS = (1280, 320)
PER_PATTERN = 3  # addresses looked at for one URL pattern
MOST = 400
# Not pages: acts, files, the schema browser, Django's own administration.
NOT_PAGES = re.compile(
    r"^/(admin|static|media|api|account/logout|account/confirm|me/stay|healthz|readyz|metrics)\b|\.(pdf|json|csv|xlsx|ics|ods)$"
)

LINKS = "Array.from(document.querySelectorAll('a[href]'), a => a.href)"


@dataclass
class Crawler:
    """A kind of user: where it starts, and how it signs in (nothing for a visitor)."""

    name: str
    starts: tuple[str, ...]
    public: bool = True  # targets of 44 px
    sign_in: Callable[[object], str | None] = field(default=lambda _client: None)


def addresses_without_arguments() -> list[str]:
    """Every address of the URLconf that needs no argument: pages that no link leads to are found all the same."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern).lstrip("^").removesuffix("\\Z").removesuffix("$")
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif "<" not in route and "(" not in route:
                yield "/" + route

    return [address for address in walk(get_resolver().url_patterns, "") if not NOT_PAGES.search(address)]


def pattern_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).route
    except Exception:
        return address


def collect(page: object, base: str, starts: list[str]) -> list[str]:
    """Addresses to look at, breadth first, at most ``PER_PATTERN`` of a pattern."""
    waiting, seen, chosen, count = deque(starts), set(starts), [], Counter()
    while waiting and len(chosen) < MOST:
        address = waiting.popleft()
        pattern = pattern_of(address)
        if count[pattern] >= PER_PATTERN:
            continue
        count[pattern] += 1
        response = page.goto(base + address, wait_until="domcontentloaded")
        if response is None or "text/html" not in response.headers.get("content-type", ""):
            continue
        landed = page.url.removeprefix(base)
        if landed != address:  # a redirect, most often to the login
            if landed not in seen:
                seen.add(landed)
                waiting.append(landed)
            continue
        chosen.append(address)
        for link in page.evaluate(LINKS):
            target = urldefrag(link)[0]
            if not target.startswith(base):
                continue
            path = target.removeprefix(base) or "/"
            path = re.sub(r"([?&])(?:lang|text)=[^&]*&?", r"\1", path).rstrip("?&")
            if path not in seen and not NOT_PAGES.search(urlsplit(path).path):
                seen.add(path)
                waiting.append(path)
    return chosen


VISITOR = Crawler("visitor", ("/",))


@pytest.fixture
def crawlers(request: pytest.FixtureRequest) -> list[Crawler]:
    """The visitor, and whoever the rooms' plugins add through a fixture called ``crawl_accounts``."""
    try:
        return [VISITOR, *request.getfixturevalue("crawl_accounts")]
    except pytest.FixtureLookupError:
        return [VISITOR]


def test_every_page(crawlers, public_city, new_context, live_server, client):
    faults, visited = [], Counter()
    for crawler in crawlers:
        session = crawler.sign_in(client)
        starts = [*crawler.starts, *(addresses_without_arguments() if crawler is VISITOR else [])]
        scout = with_session(new_context(), session, live_server.url)
        chosen = collect(scout.new_page(), live_server.url, starts)
        scout.close()
        for language in LANGUAGES:
            for width in WIDTHS:
                context = with_session(new_context(width=width, language=language), session, live_server.url)
                page = context.new_page()
                messages: list[str] = []
                page.on("console", lambda m, messages=messages: messages.append(m.text) if m.type == "error" else None)
                page.on("pageerror", lambda e, messages=messages: messages.append(str(e)))
                for address in chosen:
                    messages.clear()
                    where = f"{crawler.name} {language} {width} {address}"
                    response = page.goto(with_language(live_server.url + address, language))
                    visited[crawler.name] += 1
                    faults += [
                        f"{where}: {fault}" for fault in look_at(page, response.status, language, public=crawler.public)
                    ]
                    faults += [f"{where}: console: {m}" for m in messages if response.status < 400]
                context.close()
        faults += without_javascript(new_context, session, live_server.url, chosen, crawler.name)
    assert not faults, f"{len(faults)} faults on {dict(visited)} views:\n" + "\n".join(faults[:80])
    assert all(visited.values())


def without_javascript(new_context, session, base, chosen, name) -> list[str]:
    """Each page shows its main heading and its forms without any script."""
    context = with_session(new_context(javascript=False), session, base)
    page = context.new_page()
    faults = []
    for address in chosen:
        response = page.goto(base + address)
        if response.status < 400 and not page.locator("h1").first.is_visible():
            faults.append(f"{name} {address}: no heading without JavaScript")
    context.close()
    return faults


def with_session(context, session, base):
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    return context


def with_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"
