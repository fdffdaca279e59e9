"""What a register knows answers the question that is bound to it, in the type of that question."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event
from egov.kernel.actor import Actor
from egov.registers.registry import Fact, RegisterHandler, handlers
from egov.routing import queries as routing
from egov.routing.queries import BundlePlan, Why

pytestmark = pytest.mark.django_db

BOTH = {"zh-Hans": "几年？", "en": "How many years?"}


@pytest.fixture
def planned(services: Any, resident: Actor, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BundlePlan]:
    """The plan of an event with one member ``when``, over a question whose element a register holds as ``value``."""

    def plan(value: Any, *, kind: str, when: str) -> BundlePlan:
        services.publish("AA01")
        question = {"key": "answer", "type": kind, "text": BOTH, "element": "test.known"}
        definition = {"members": [{"service": "AA01", "when": when}], "questions": [question]}
        Event.objects.create(code="BE90", kind="life", name=BOTH, summary={}, definition=definition)
        catalogue.kept.forget()
        known = {"test.known": Fact(value, "test.register", dt.date(2026, 1, 2))}
        handler = RegisterHandler(key="test", elements=lambda: list(known), facts=lambda _party, _names: known)
        monkeypatch.setitem(handlers._handlers, "test", handler)
        return routing.plan_bundle(resident, event="BE90", answers={})

    return plan


@pytest.mark.parametrize(
    ("value", "kind", "when", "answer"),
    [
        ("3", "number", "answer >= 1", 3),
        ("12000.50", "number", "answer > 12000", 12000.5),
        ("true", "boolean", "answer == true", True),
    ],
)
def test_it_counts_in_the_type_of_the_question(planned, value, kind, when, answer):
    plan = planned(value, kind=kind, when=when)
    assert (plan.answers, plan.to_ask) == ({"answer": answer}, ())
    assert plan.member("AA01").why is Why.APPLIES
    assert (plan.facts["answer"].value, plan.facts["answer"].register) == (answer, "test.register")


def test_what_does_not_fit_the_question_is_asked(planned):
    plan = planned("many", kind="number", when="answer >= 1")
    assert (plan.answers, plan.to_ask) == ({}, ("answer",))
