"""Who walks through the portals, and where links lead them."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.plugins.demonstration import City

PER_PATTERN = 3  # addresses looked at for one URL pattern
# Pages that look different in each state of what they show.
MANY_FACED = {"citizen:matter": 12, "citizen:case": 12, "staff:case": 12, "citizen:draft_page": 6, "staff:inbox": 8}
# Ways that lead out of the portals: interfaces for machines, files, Django's own administration.
OUTSIDE = re.compile(r"^/(admin|static|media|api|healthz|readyz|metrics|account/logout)\b")

ACT = "an act: nothing to see, only to send"
FILE = "a file"
MACHINE = "for machines: JSON or a redirect, no page"
BY_MAIL = "its address comes by mail, for once"
TWO_STEPS = "only while signing in with a second step, or with one set up"
NOT_VISITED = {
    **dict.fromkeys(
        (
            *("citizen:accept_mandate", "citizen:autosave", "citizen:begin_lacking", "citizen:message", "citizen:pay"),
            "citizen:revoke_consent",
            *("staff:case_act", "staff:claim_next", "staff:cover", "staff:end_cover"),
            *("staff:items_act", "staff:request_act", "staff:request_discard", "staff:request_start", "staff:urge"),
            *("staff:withdraw_opinion", "shared:remove_program", "shared:stay"),
            *("console:permission_revoke", "console:permission_service_revoke"),
            *("console:configuration_apply", "console:delivery_retry", "console:events_retry"),
            *("console:department_reopen", "console:example_remove", "console:need_learn"),
            *("console:event_act", "console:event_given_remove", "console:event_member_remove"),
            *("console:event_question_remove", "console:synonym_remove"),
            *("console:design_question_act", "console:design_step_remove", "console:table_draft"),
            *("console:design_paragraph_act", "console:design_row_act"),
            *("console:topic_example_remove", "console:topic_remove"),
            *("console:replay_event", "console:replay_service", "console:table_publish"),
            "console:version_act",
        ),
        ACT,
    ),
    **dict.fromkeys(
        (
            *("citizen:case_file", "citizen:document_pdf", "citizen:file"),
            *("console:configuration_download", "console:design_sample"),
            "mfa_download_recovery_codes",
            *("public:catalogue_jsonld", "public:catalogue_ttl", "staff:certificate", "staff:file", "staff:letter"),
        ),
        FILE,
    ),
    "idp:oidc:authorization": "asks on behalf of a program that names itself",
    "shared:verify_identity": "only while the account names no person",
    "idp:oidc:device_authorization": "no client of ours is a device without a browser",
    **dict.fromkeys(("citizen:draft", "idp:oidc:logout"), "leads on to another page at once"),
    **dict.fromkeys(
        (
            *("idp:oidc:configuration", "idp:oidc:device_code", "idp:oidc:jwks", "idp:oidc:revoke"),
            *("idp:oidc:token", "idp:oidc:userinfo", "mfa_login_webauthn", "account_set_password"),
        ),
        MACHINE,
    ),
    **dict.fromkeys(
        ("account_confirm_email", "account_confirm_login_code", "account_reset_password_from_key"), BY_MAIL
    ),
    **dict.fromkeys(
        (
            *("mfa_authenticate", "mfa_deactivate_totp", "mfa_edit_webauthn", "mfa_reauthenticate"),
            *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes"),
        ),
        TWO_STEPS,
    ),
}


@dataclass(frozen=True)
class Walker:
    """A kind of user: the account (nobody for a visitor) and the part of the house it walks through."""

    name: str
    inside: re.Pattern[str]
    starts: tuple[str, ...] = ()
    account: str = ""
    public: bool = True  # controls of 44 px

    def browser_page(self, city: "City", context: "BrowserContext", base: str) -> "Page":
        if self.account:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": city.session(self.account), "url": base}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context.new_page()

    def client(self, city: "City") -> Client:
        client = Client(raise_request_exception=False)
        if self.account:
            client.cookies[settings.SESSION_COOKIE_NAME] = city.session(self.account)
        return client


EVERYWHERE = re.compile(r"^/(?!as/|desk/|console/|me/)")
OWN = re.compile(r"^/(as/|me/|account/)")
DESK = re.compile(r"^/desk/")
CONSOLE = re.compile(r"^/console/")
WALKERS = (
    Walker(
        "visitor",
        EVERYWHERE,
        (
            *("/", "/need?q=身份证丢了", "/need?q=qwxzv", "/services?q=licence", "/services?q=qwxzv"),
            *("/track?number={case}", "/verify/{code}", "/verify/no-such-code", "/journal/proof/{case}"),
        ),
    ),
    Walker(
        "resident",
        OWN,
        (
            *("/me/", "/as/self/drafts/{draft}/check/", "/as/self/submissions/{submission}/"),
            *("/as/self/events/LE01/", "/as/self/events/BE01/"),
        ),
        "lin.xiaowen",
    ),
    Walker("sole trader", OWN, ("/me/",), "zhao.qiming"),
    Walker("accountant", OWN, ("/me/",), "wu.accountant"),
    Walker("clerk", DESK, account="market.clerk", public=False),
    Walker("reviewer", DESK, account="market.reviewer", public=False),
    Walker("section head", DESK, account="market.section", public=False),
    Walker("head of department", DESK, account="market.head", public=False),
    Walker("adviser", DESK, account="water.officer", public=False),
    Walker("supervisor", DESK, account="data.supervisor", public=False),
    Walker("administrator of a department", CONSOLE, account="market.admin", public=False),
    Walker("administrator of the platform", CONSOLE, account="admin", public=False),
)


@dataclass
class Walk:
    """Addresses worth a look, and the names of the patterns they stand for."""

    addresses: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # what could not even be drawn, and why
    patterns: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[str]:
        return iter(self.addresses)


_walks: dict[str, Walk] = {}


def walk(walker: Walker, city: "City") -> Walk:
    """Follow all links breadth first. Found once a process: each test begins with the same city."""
    if walker.name not in _walks:
        # In a thread of its own, as a web server would: in this one runs the loop that drives the browser.
        with ThreadPoolExecutor(1) as thread:
            _walks[walker.name] = thread.submit(_walked, walker, city).result()
    return _walks[walker.name]


def _walked(walker: Walker, city: "City") -> Walk:
    try:
        return _explore(walker, walker.client(city), _starts(walker, city))
    finally:
        connection.close()


def _starts(walker: Walker, city: "City") -> list[str]:
    capacities = city.capacities(walker.account) if walker.account else []
    facts = city.facts()
    found = [each.format_map(facts) for each in walker.starts]
    found += [*(f"/{portal}/{each}/" for portal in ("as", "desk", "console") for each in capacities)]
    for route, _name in routes():
        if "(" in route or route.count("<") - route.count("<str:capacity>"):
            continue
        found += [route.replace("<str:capacity>", each) for each in capacities] if "<" in route else [route]
    return [address for address in found if walker.inside.search(address) and not OUTSIDE.search(address)]


def _explore(walker: Walker, client: Client, starts: list[str]) -> Walk:
    found, count = Walk(), Counter[str]()
    waiting, seen = deque(dict.fromkeys(starts)), dict.fromkeys(starts, "a start")
    while waiting:
        address = waiting.popleft()
        pattern = name_of(address)
        if count[pattern] >= MANY_FACED.get(pattern, PER_PATTERN):
            continue
        try:
            response = client.get(address)
        except pytest.fail.Exception as error:  # an undefined variable in a template
            found.broken.append(f"{address}: {error} (from {seen[address]})")
            count[pattern] += 1
            continue
        leads_to: Iterable[str] = ()
        if response.status_code in (301, 302, 303):
            leads_to = [response["Location"]]
        elif response.status_code == 200 and "text/html" in response.get("Content-Type", ""):
            count[pattern] += 1
            found.addresses.append(address)
            found.patterns.add(pattern)
            leads_to = links_in(response.content.decode())
        elif response.status_code == 500 or (response.status_code == 404 and address not in starts):
            found.broken.append(f"{address}: status {response.status_code} (from {seen[address]})")
        for target in leads_to:
            path = _tidy(urljoin(address, target))
            if path not in seen and walker.inside.search(path) and not OUTSIDE.search(path):
                seen[path] = address
                waiting.append(path)
    return found


def _tidy(address: str) -> str:
    """Without host, fragment and language."""
    parts = urlsplit(urldefrag(address)[0])
    if parts.scheme not in ("", "http") or parts.netloc not in ("", "testserver"):
        return ""
    query = "&".join(each for each in parts.query.split("&") if each and not each.startswith("lang="))
    return parts.path + (f"?{query}" if query else "")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def links_in(html: str) -> list[str]:
    parser = _Links()
    parser.feed(html)
    return parser.found


# --- Patterns -------------------------------------------------------------------------------------------


def name_of(address: str) -> str:
    """The full name of the pattern, residents' and businesses' pages under one."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return address
    return match.view_name.replace("business:", "citizen:")


def pages_of_the_portals() -> set[str]:
    """Names of all patterns but those outside."""
    return {name.replace("business:", "citizen:") for route, name in routes() if not OUTSIDE.search(route)}


def routes() -> Iterator[tuple[str, str]]:
    """Route (with a slash before it) and full name of every pattern."""
    yield from _patterns(get_resolver(), "", ())


def _patterns(resolver: URLResolver, before: str, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Route and full name of every pattern."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).lstrip("^").removesuffix("\\Z").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route, (*above, pattern.namespace) if pattern.namespace else above)
        elif isinstance(pattern, URLPattern):
            yield f"/{route}" if not route.startswith("/") else route, ":".join((*above, pattern.name or route))
