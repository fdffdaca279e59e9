"""Every page of every portal, for each kind of user, in both languages, at two widths, with and without JavaScript.

On each page: it answers, axe finds nothing (WCAG 2.2 AA), nothing overflows sideways, no text is left in the other
language, the browser reports no error. Links are followed from the start pages and from every address that needs no
argument but the capacity; of each URL pattern a few addresses are looked at, and no pattern may be left out.
"""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.plugins.crawl import NOT_VISITED, WALKERS, pages_of_the_portals, walk
from tests.plugins.looking import as_written, judge, look_at, names

pytestmark = [
    pytest.mark.long,
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(1800),
]

WIDTHS = (1280, 320)
# Axe takes by far the longest: it judges each page in both languages and at both widths, as journeys are walked.
JUDGED_AT = {"en": 1280, "zh-Hans": 320}
SHOWN = 80  # faults in one message

# What can be filled in and not sent without JavaScript: a form whose button nobody sees (what is folded up can be
# unfolded). A passkey is a script by itself, and its page says so.
FORMS_WITHOUT_BUTTON = """
() => Array.from(document.querySelectorAll('main form:not([action*="webauthn"])'))
  .filter(form => Array.from(form.querySelectorAll('input:not([type=hidden]), select, textarea')).some(e => e.checkVisibility()))
  .filter(form => !Array.from(form.elements)
    .some(button => ['submit', 'image'].includes(button.type) && (button.checkVisibility() || button.closest('details:not([open])'))))
  .map(form => form.outerHTML.slice(0, 90))
"""


@pytest.mark.parametrize("walker", WALKERS, ids=lambda walker: walker.name)
def test_every_page_is_right(walker, inhabited_city, new_context, live_server):
    page = walker.browser_page(inhabited_city, new_context(), live_server.url)
    way = walk(walker, inhabited_city)
    messages, faults, looked_at = [], list(way.broken), 0
    people = names()
    page.set_default_timeout(60_000)
    page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    for address in way:
        written = as_written([*people, *parse_qs(urlsplit(address).query).get("q", ())])
        for language, judged_at in JUDGED_AT.items():
            messages.clear()
            response = page.goto(with_language(live_server.url + address, language))
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                found = look_at(page, response.status, language, public=walker.public, written=written)
                found += judge(page, language) if width == judged_at else []
                faults += [f"{address} {language} {width}: {fault}" for fault in found]
            faults += [f"{address} {language}: console: {text}" for text in messages]
        looked_at += 1
    assert looked_at, "nothing was visited"
    assert not faults, report(faults, looked_at)


@pytest.mark.parametrize("walker", WALKERS, ids=lambda walker: walker.name)
def test_every_page_works_without_javascript(walker, inhabited_city, new_context, live_server):
    page = walker.browser_page(inhabited_city, new_context(javascript=False, width=min(WIDTHS)), live_server.url)
    page.set_default_timeout(60_000)
    faults, looked_at = [], 0
    for address in walk(walker, inhabited_city):
        page.goto(live_server.url + address, wait_until="domcontentloaded")
        if not page.locator("h1").first.is_visible():
            faults.append(f"{address}: no heading")
        faults += [f"{address}: cannot be sent: {form}" for form in page.evaluate(FORMS_WITHOUT_BUTTON)]
        looked_at += 1
    assert not faults, report(faults, looked_at)


def test_no_page_is_left_out(inhabited_city):
    ways = [walk(walker, inhabited_city) for walker in WALKERS]
    broken = [fault for way in ways for fault in way.broken]
    assert not broken, "\n".join(broken)
    visited = set().union(*(way.patterns for way in ways))
    patterns = pages_of_the_portals()
    left_out = sorted(patterns - visited - NOT_VISITED.keys())
    assert not left_out, f"nobody came to: {left_out}"
    outdated = sorted((NOT_VISITED.keys() & visited) | (NOT_VISITED.keys() - patterns))
    assert not outdated, f"visited after all, or gone: {outdated}"


def report(faults: list[str], looked_at: int) -> str:
    return f"{len(faults)} faults on {looked_at} pages:\n" + "\n".join(faults[:SHOWN])


def with_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"
