"""Whatever is typed or sent, every page and every route of the API answers, and never with a server error.

All patterns of the URLconf are tried, as a visitor, a resident, a civil servant and an administrator, with odd values
in the address, in every parameter that any view reads, and in every property that the API describes.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from egov.identity.models import Account
from egov.identity.queries import actor_for
from tests.plugins.crawl import routes

pytestmark = [pytest.mark.long, pytest.mark.timeout(900), pytest.mark.django_db]

ODD = {
    "nul": "a\x00b",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}{% debug %}${7*7}",
    "sql": "'; drop table journal_entry; --",
    "direction": "\u202egnp.exe\u202c\u2066\ufeff\u200b",
    "wide": "👩‍👩‍👧‍👦𠀀𪚥龘é\u0301",
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\nb",
    "number": "9" * 40,
    "negative": "-1",
    "digits": "٣²Ⅷ",
    "long": "长" * 20_000,
}
# Of the address itself: bytes that are no UTF-8, and a path that wants to leave.
ODD_PATHS = (
    "%00",
    "%ff%fe",
    "%ed%a0%80",
    "..%2f..%2fetc%2fpasswd",
    "9" * 30,
    "-1",
    "%F0%9F%91%A9",
    "{{7*7}}",
    "a" * 300,
)
READ = re.compile(
    r"(?:GET|POST|FILES|post|query_params)\.(?:get|getlist)\(\s*\"([\w-]+)\"|_texts\(((?:\"\w+\"(?:, )?)+)\)"
)


def names_read() -> set[str]:
    """Names of all parameters that any view reads."""
    found = set()
    for path in (settings.BASE_DIR / "portals").rglob("*.py"):
        for one, several in READ.findall(path.read_text()):
            found |= {one} if one else set(re.findall(r"\w+", several))
    return found


class Aside(Exception):
    """Takes back what a request wrote."""


@pytest.fixture
def people(casework: Any, identities: Any, public_city: Any) -> dict[str, tuple[Client, str]]:
    """A client for each kind of user, with the capacity in which they act."""

    def acting(actor: Any) -> tuple[Client, str]:
        client = Client()
        client.force_login(
            Account.objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client, actor.capacity

    post = identities.post(casework.unit, "platform_admin")
    administrator = actor_for(identities.account(post.person), f"p-{post.pk}")
    return {
        "visitor": (Client(), "self"),
        "resident": acting(casework.applicant),
        "officer": acting(casework.reviewer),
        "administrator": acting(administrator),
    }


@pytest.fixture
def world(casework: Any) -> dict[str, str]:
    """Arguments under which something is found."""
    case = casework.accepted()
    item = casework.item(case, "review")
    return {
        "reference": case.reference,
        "item": str(item.pk),
        "code": "LC01",
        "key": casework.department.key,
        "act": "accept",
        "pk": "1",
        "number": "1",
        "department": str(casework.department.pk),
    }


def addresses(world: dict[str, str], capacity: str) -> Iterator[str]:
    """Every pattern twice and more: with arguments that exist, and with odd ones."""
    for route, _name in routes():
        if "(" in route or route.startswith(("/admin/", "/static/")):
            continue
        route = route.replace("<str:capacity>", capacity)
        arguments = re.findall(r"<(?:(\w+):)?(\w+)>", route)
        yield fill(route, lambda _kind, name: world.get(name, "x"))
        if arguments:
            yield from (fill(route, lambda kind, _name, odd=odd: fitting(kind, odd)) for odd in ODD_PATHS)


def fill(route: str, value: Callable[[str, str], str]) -> str:
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: value(found[1] or "str", found[2]), route)


def fitting(kind: str, odd: str) -> str:
    return "9" * 18 if kind == "int" else odd


def faults_of(send: Callable[[], HttpResponse], what: str) -> list[str]:
    """What a request does wrong; whatever it wrote is taken back."""
    try:
        with transaction.atomic():
            response = send()
            raise Aside
    except Aside:
        pass
    except pytest.fail.Exception as error:
        return [f"{what}: {error}"]
    except Exception as error:
        return [f"{what}: {error!r}"[:300]]
    if response.status_code >= 500 and response.status_code != 503:
        return [f"{what}: {response.status_code}"]
    if "Set-Cookie: x=1" in str(response.headers):
        return [f"{what}: a header was smuggled in"]
    if response.get("Content-Type", "").startswith("text/html") and ODD["markup"].encode() in response.content:
        return [f"{what}: markup came back as it was"]
    return []


@pytest.mark.parametrize("who", ["visitor", "resident", "officer", "administrator"])
def test_no_address_breaks_a_page(people, world, who):
    client, capacity = people[who]
    faults = [
        fault for address in addresses(world, capacity) for fault in faults_of(partial(client.get, address), address)
    ]
    assert not faults, "\n".join(faults[:40])


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("who", ["resident", "officer", "administrator"])
def test_no_parameter_breaks_a_page(people, world, who, kind):
    client, capacity = people[who]
    given = dict.fromkeys(names_read() - {"lang"}, ODD[kind])
    faults = []
    for route, _name in routes():
        if "(" in route or route.startswith(("/admin/", "/static/", "/api/", "/identity/")):
            continue
        address = fill(route.replace("<str:capacity>", capacity), lambda _kind, name: world.get(name, "x"))
        if kind != "long":  # no server takes an address of that length
            faults += faults_of(partial(client.get, address, given), f"GET {address}")
        faults += faults_of(partial(client.post, address, given), f"POST {address}")
    assert not faults, "\n".join(faults[:40])


# --- The API ---------------------------------------------------------------------------------------------

ODD_VALUES = [
    None,
    True,
    [],
    {},
    [[]],
    -1,
    10**30,
    1.5e308,
    "",
    *ODD.values(),
    "\ud800",
    {"a": {"b": "\x00"}},
    ["\ud800"],
]
MALFORMED = (
    b"",
    b"{",
    b"[1,",
    b"null",
    b"7",
    b'"x"',
    b"[]",
    b"\xff\xfe",
    b'{"a":' * 3000,
    b"{" + b'"a":1,' * 10 + b"}",
)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and properties of the body of every operation the description names."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method not in ("post", "put", "patch", "delete"):
                continue
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            reference = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            described = schema["components"]["schemas"].get(reference, content.get("schema", {}))
            yield path, method, described.get("properties", {})


@pytest.mark.parametrize("who", ["resident", "officer"])
def test_no_body_breaks_the_api(people, world, who):
    client, capacity = people[who]
    faults, sent = [], 0
    for path, method, properties in operations():
        address = fill(
            path.replace("{", "<").replace("}", ">"), lambda _kind, name: {**world, "capacity": capacity}.get(name, "x")
        )
        for body in (*MALFORMED, *bodies(properties)):
            sent += 1
            faults += faults_of(partial(send, client, method, address, body), f"{method} {address} {body[:80]!r}")
    assert sent > 500
    assert not faults, f"{len(faults)} of {sent}:\n" + "\n".join(faults[:40])


def bodies(properties: dict[str, Any]) -> Iterator[bytes]:
    """Each property with each odd value, the others as the description exemplifies them."""
    usual = {name: usual_value(schema) for name, schema in properties.items()}
    for name in properties:
        for odd in ODD_VALUES:
            yield json.dumps({**usual, name: odd}).encode()
    yield json.dumps({**usual, "no_such_property": 1}).encode()


def usual_value(schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    return {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}.get(str(kind), "x")


def send(client: Client, method: str, address: str, body: bytes) -> HttpResponse:
    response = client.generic(
        method.upper(), address, body, content_type="application/json", headers={"Idempotency-Key": "odd"}
    )
    if response.status_code >= 400:
        kind = response.headers["Content-Type"]
        assert kind.startswith("application/problem+json"), f"{response.status_code} as {kind}"
    return response


def test_ten_megabytes_are_refused_before_they_are_read(people):
    client, capacity = people["resident"]
    body = json.dumps({"service": "LC01", "answers": {"reason": "长" * 5_000_000}}).encode()
    response = send(client, "post", f"/api/v1/as/{capacity}/submissions", body)
    assert response.status_code == 413
    page = client.post(f"/as/{capacity}/start/LC01/", {"text": "x" * 10_000_000})
    assert page.status_code in (400, 413)
