"""One table of permissions per room, run by one test.

In ``tests/egov/<room>/test_permissions.py``::

    TABLE = PermissionTable(
        "egov.casework",
        {
            "accept": Row(lambda actor, world: actions.accept(actor, case=world.case), officer=True),
            …
        },
        internal={"open_case": "called by matters, which asked already"},
    )
    test_permission, test_every_act_has_a_row = TABLE.tests()

The room's own fixtures say who is who: ``permission_actors`` is a dict from ``WHO`` to ``Actor`` (to a logged-in test
client for pages), ``permission_world`` whatever the rows need, made anew for each test. Denied means ``NotPermitted``
or ``NotFound`` (401, 403, 404, the log-in page); any other expected error shows that the question was passed.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from egov.kernel.errors import EgovError, NotFound, NotPermitted

# Whose matter it is; someone else of the same kind; the competent officer; one of another department; administrator.
WHO = ("owner", "stranger", "officer", "officer_elsewhere", "administrator")


@dataclass(frozen=True)
class Row:
    """Who may. What is not named may not."""

    attempt: Callable[[Any, Any], Any]
    owner: bool = False
    stranger: bool = False
    officer: bool = False
    officer_elsewhere: bool = False
    administrator: bool = False
    also: Collection[str] = ()  # of those whom a table names beyond ``WHO``

    def allows(self, who: str) -> bool:
        return who in self.also or bool(getattr(self, who, False))


@dataclass(frozen=True)
class PermissionTable:
    """``subject`` is a room ("egov.casework") or a package of pages ("portals.staff.casework")."""

    subject: str
    rows: Mapping[str, Row]
    # Acts that ask nobody, or that people cannot reach, each with the reason.
    internal: Mapping[str, str] = field(default_factory=dict)
    who: Sequence[str] = WHO

    def tests(self) -> tuple[Callable[..., None], Callable[[], None]]:
        cases = [pytest.param(act, who, id=f"{act}-{who}") for act in self.rows for who in self.who]

        @pytest.mark.django_db
        @pytest.mark.parametrize(("act", "who"), cases)
        def test_permission(act: str, who: str, permission_actors: Mapping[str, Any], permission_world: Any) -> None:
            row = self.rows[act]
            denied = is_denied(lambda: row.attempt(permission_actors[who], permission_world))
            assert denied is not row.allows(who), f"{who} {'may not' if denied else 'may'} {act}"

        return test_permission, self._complete()

    def tests_by_actor(self) -> tuple[Callable[..., None], Callable[[], None]]:
        """As ``tests``, for tables of many rows: one world for each actor, every attempt undone before the next."""

        @pytest.mark.django_db
        @pytest.mark.parametrize("who", self.who)
        def test_permission(who: str, permission_actors: Mapping[str, Any], permission_world: Any) -> None:
            wrong = []
            for act, row in self.rows.items():
                with transaction.atomic():
                    denied = is_denied(partial(row.attempt, permission_actors[who], permission_world))
                    transaction.set_rollback(True)
                if denied is row.allows(who):
                    wrong.append(f"{who} {'may not' if denied else 'may'} {act}")
            assert not wrong, "; ".join(wrong)

        return test_permission, self._complete()

    def _complete(self) -> Callable[[], None]:
        def test_every_act_has_a_row() -> None:
            known = self.rows.keys() | self.internal.keys()
            present = pages_of(self.subject) if self.subject.startswith("portals.") else acts_of(self.subject)
            assert not present - known, f"without a row: {sorted(present - known)}"
            assert not known - present, f"rows for what does not exist: {sorted(known - present)}"

        return test_every_act_has_a_row


def is_denied(attempt: Callable[[], Any]) -> bool:
    try:
        outcome = attempt()
    except (NotPermitted, NotFound):
        return True
    except EgovError:
        return False
    if not isinstance(outcome, HttpResponse):
        return False
    if outcome.status_code in (401, 403, 404):
        return True
    if outcome.status_code in (302, 303):
        return "/account/login" in outcome["Location"]
    assert outcome.status_code < 400 or outcome.status_code in (409, 422), f"unexpected {outcome.status_code}"
    return False


def acts_of(room: str) -> set[str]:
    """Public functions of ``<room>.actions`` whose first argument is ``actor``."""
    try:
        module = importlib.import_module(f"{room}.actions")
    except ModuleNotFoundError as error:
        if error.name != f"{room}.actions":
            raise
        return set()
    modules = [module]
    if hasattr(module, "__path__"):
        modules += [
            importlib.import_module(f"{module.__name__}.{each.name}") for each in pkgutil.iter_modules(module.__path__)
        ]
    return {
        name
        for each in modules
        for name, function in inspect.getmembers(each, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__.startswith(f"{room}.actions")
        and next(iter(inspect.signature(function).parameters), "") == "actor"
    }


def pages_of(package: str) -> set[str]:
    """Full names of the URLs whose views lie in ``package``."""
    return {name for name, view in _patterns(get_resolver(), ()) if _module_of(view).startswith(f"{package}.")}


def _patterns(resolver: URLResolver, above: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, (*above, pattern.namespace) if pattern.namespace else above)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*above, pattern.name or str(pattern.pattern))), pattern.callback


def _module_of(view: Any) -> str:
    shown = getattr(view, "view_class", None) or getattr(view, "cls", None) or inspect.unwrap(view)
    return str(shown.__module__)
