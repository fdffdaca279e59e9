"""What is looked at on every page that a browser comes to, in the crawl and on journeys alike.

The page answers, axe finds nothing (WCAG 2.2 AA), nothing overflows sideways, no text is left in the other language,
controls are large enough for a thumb.
"""

import functools
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Rules of axe that cannot hold by design are switched off by name, with the reason; none so far.
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # what passes is not told element by element: a third of the time
}

# Text nodes, labels and placeholders that a person meets, outside of what is marked as another language.
FOREIGN_TEXT = """
([language, written]) => {
  const asWritten = written ? new RegExp(written, 'g') : null;
  const cjk = /[\\u3400-\\u9fff]/;
  const found = [];
  const foreign = (shown) => {
    const text = asWritten ? shown.replace(asWritten, '') : shown;
    return language === 'en'
      ? cjk.test(text)
      : !cjk.test(text) && (text.match(/[A-Za-z]{2,}/g) || []).length >= 2 && !/[\\d@_/:=*]/.test(text);
  };
  const outside = (element) => {
    if (element.closest('script, style, noscript, code, pre, kbd, .mono, [translate=no]')) return false;
    const marked = element.closest('[lang]');
    return !marked || marked === document.documentElement || marked.getAttribute('lang').startsWith(language.slice(0, 2));
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (text && foreign(text) && outside(element)) found.push(text.slice(0, 80));
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [alt], [title]')) {
    for (const name of ['aria-label', 'placeholder', 'alt', 'title']) {
      const text = (element.getAttribute(name) || '').trim();
      if (text && foreign(text) && outside(element)) found.push(name + '=' + text.slice(0, 80));
    }
  }
  if (foreign(document.title) ) found.push('title: ' + document.title);
  return found;
}
"""
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL_TARGETS = """
() => Array.from(document.querySelectorAll('main button, main .usa-button, main input:not([type=hidden]), main select'))
  .filter(e => e.offsetParent && !e.closest('.dense') && !e.matches('.linkish, [type=checkbox], [type=radio], [type=file]') && e.getBoundingClientRect().height < 43.5)
  .map(e => e.outerHTML.slice(0, 90))
"""

# What axe judges by: elements with their classes and the names of their attributes, and the theme. Texts differ.
SKELETON = """
() => document.documentElement.cloneNode().outerHTML + Array.from(document.querySelectorAll('body, body *'))
  .map(e => e.tagName + '.' + e.className + ' ' + e.getAttributeNames()).join()
"""
_judged: set[tuple[str, int, str]] = set()


@functools.cache
def _axe() -> Any:
    from axe_playwright_python.sync_playwright import Axe  # only where there is a browser

    return Axe()


def names() -> list[str]:
    """Of all people and private organisations, and of languages: proper names stand everywhere as they are."""
    from egov.identity.models import Party, Person
    from portals.shared.language import NAMES

    latin = Person.objects.exclude(name_latin="").values_list("name_latin", flat=True)
    return [*Party.objects.filter(organisation__key=None).values_list("name", flat=True), *latin, *NAMES.values()]


def as_written(texts: Iterable[str]) -> str:
    """The pattern of what stands on pages of every language as it was written: names of people, what people typed."""
    return "|".join(re.escape(text) for text in sorted(set(texts), key=len, reverse=True) if text)


def look_at(page: "Page", status: int, language: str, *, public: bool = True, written: str = "") -> list[str]:
    """What is wrong with the page as it stands; ``public``: controls are 44 px high unless the page is dense.

    ``written``: a pattern of what is in no language of the page (``as_written``).
    """
    faults = []
    if status >= 500 or status == 404:
        faults.append(f"status {status}")
    if page.evaluate("document.documentElement.lang") != language:
        faults.append("html lang")
    if page.evaluate(OVERFLOW):
        faults.append("overflows sideways")
    faults += [f"other language: {text}" for text in page.evaluate(FOREIGN_TEXT, [language, written])[:5]]
    if public and "dense" not in (page.get_attribute("body", "class") or ""):
        faults += [f"small target: {element}" for element in page.evaluate(SMALL_TARGETS)[:3]]
    return faults


def judge(page: "Page", language: str) -> list[str]:
    """What axe finds. Pages that are built alike are judged once."""
    width = (page.viewport_size or {"width": 0})["width"]
    built = (language, width, page.evaluate(SKELETON))
    if built in _judged:
        return []
    _judged.add(built)
    results = _axe().run(page, options=AXE_OPTIONS).response
    faults = []
    for violation in results["violations"]:
        nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:2])
        faults.append(f"axe {violation['id']}: {nodes}")
    return faults
