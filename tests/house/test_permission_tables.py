"""Every room whose actions people can reach has a table of permissions, and the runner of tables judges rightly."""

import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect

from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from tests.plugins.permissions import PermissionTable, Row, acts_of, is_denied, pages_of

# Rooms whose registers are written by decisions alone: their tables have no row, so no portal may call their acts.
BY_DECISION_ALONE = ("g2b.registration", "g2c.certificates", "g2c.health", "g2c.social_insurance")

# The choice of a capacity and what belongs to an account: whoever is signed in sees their own.
NO_MATTERS = {"portals.shared"}


def raising(error):
    def attempt():
        raise error

    return attempt


@pytest.mark.parametrize(
    ("attempt", "denied"),
    [
        (raising(NotPermitted()), True),
        (raising(NotFound()), True),
        (raising(TransitionNotAllowed()), False),
        (raising(InvalidInput([])), False),
        (lambda: None, False),
        (lambda: HttpResponse(status=200), False),
        (lambda: HttpResponse(status=422), False),
        (lambda: HttpResponse(status=404), True),
        (lambda: HttpResponse(status=401), True),
        (lambda: HttpResponseRedirect("/account/login/?next=/x"), True),
        (lambda: HttpResponseRedirect("/me/"), False),
    ],
)
def test_what_counts_as_denied(attempt, denied):
    assert is_denied(attempt) is denied


def test_an_error_page_is_neither_allowed_nor_denied():
    with pytest.raises(AssertionError, match="500"):
        is_denied(lambda: HttpResponse(status=500))


def test_a_row_missing_or_too_many_fails(monkeypatch):
    monkeypatch.setattr("tests.plugins.permissions.acts_of", lambda _room: {"accept", "decide", "open"})
    nothing = Row(lambda _actor, _world: None)
    _, complete = PermissionTable("egov.x", {"accept": nothing, "decide": nothing}, internal={"open": "…"}).tests()
    complete()
    _, missing = PermissionTable("egov.x", {"accept": nothing}).tests()
    with pytest.raises(AssertionError, match=r"without a row: \['decide', 'open'\]"):
        missing()
    _, unknown = PermissionTable("egov.x", dict.fromkeys(("accept", "decide", "open", "sing"), nothing)).tests()
    with pytest.raises(AssertionError, match="does not exist"):
        unknown()


def test_the_runner_compares_with_the_table():
    def only_the_owner(actor, _world):
        if actor.name != "owner":
            raise NotPermitted

    run, _ = PermissionTable("egov.x", {"read": Row(only_the_owner, owner=True)}).tests()
    people = {who: SimpleNamespace(name=who) for who in ("owner", "stranger")}
    inner = run.__wrapped__ if hasattr(run, "__wrapped__") else run
    inner("read", "owner", people, None)
    inner("read", "stranger", people, None)
    people["stranger"] = people["owner"]
    with pytest.raises(AssertionError, match="stranger may read"):
        inner("read", "stranger", people, None)


def test_every_room_with_actions_has_a_table():
    rooms = [f"egov.{room}" for room in settings.PLATFORM_ROOMS]
    rooms += [f"{mode}.{room}" for mode, names in settings.MODE_ROOMS.items() for room in names]
    needed = {room for room in rooms if acts_of(room)}
    assert not needed - tables_written()


def tables_written() -> set[str]:
    """The rooms and packages of pages that have a table."""
    written: set[str] = set()
    for path in (settings.BASE_DIR / "tests").rglob("test_permission*.py"):
        written |= set(re.findall(r"PermissionTable\(\s*\"([a-z0-9_.]+)\"", path.read_text()))
    return written


def test_every_portal_with_pages_has_a_table():
    portals = {f"portals.{path.parent.name}" for path in (settings.BASE_DIR / "portals").glob("*/__init__.py")}
    assert {portal for portal in portals - NO_MATTERS if pages_of(portal)} <= tables_written()


@pytest.mark.parametrize("room", BY_DECISION_ALONE)
def test_no_portal_reaches_what_only_a_decision_writes(room):
    name = re.escape(room)
    called = re.compile(rf"from {name} import [^\n]*\bactions\b|(from|import) {name}\.actions\b")
    reached = [path.name for path in (settings.BASE_DIR / "portals").rglob("*.py") if called.search(path.read_text())]
    assert not reached
