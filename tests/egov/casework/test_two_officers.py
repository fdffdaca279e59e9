"""Two at once: one wins, the other hears why; nothing happens twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from egov.casework import actions
from egov.casework.models import Case, Decision, Transition
from egov.documents.models import IssuedDocument
from egov.kernel.errors import EgovError
from egov.work import actions as work
from egov.work.models import ItemEvent, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together; each gives its result or its typed error."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = act()
        except EgovError as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def errors_in(results: list[Any]) -> list[str]:
    return [result.code for result in results if isinstance(result, EgovError)]


def test_of_two_who_claim_one_wins(casework):
    item = casework.item(casework.received(), "accept")
    results = at_once(
        lambda: work.claim(casework.reviewer, item_id=item.pk), lambda: work.claim(casework.second, item_id=item.pk)
    )
    assert errors_in(results) == ["already_claimed"]
    assert ItemEvent.objects.filter(item=item, act="claim").count() == 1


def test_of_two_who_sign_one_decides(casework):
    case = casework.drafted()
    results = at_once(
        lambda: actions.sign_decision(casework.head, case=case.reference),
        lambda: actions.sign_decision(casework.director, case=case.reference),
    )
    assert len(errors_in(results)) == 1
    assert Transition.objects.filter(case=case, act="sign_decision").count() == 1
    assert IssuedDocument.objects.filter(subject=f"case:{case.reference}", template="documents/decision").count() == 1


def test_of_two_who_draft_one_hands_over(casework):
    case = casework.reviewed()
    results = at_once(
        lambda: casework.draft(case, outcome="granted"),
        lambda: casework.draft(case, outcome="refused", officer=casework.second),
    )
    assert len(errors_in(results)) == 1
    decision = Decision.objects.get(case=case)
    winner = casework.reviewer if decision.outcome == "granted" else casework.second
    assert decision.drafted_by_id == winner.post_id


def test_accepting_and_withdrawing_at_once_leaves_one_state(casework):
    case = casework.received()
    at_once(
        lambda: actions.accept(casework.clerk, case=case.reference),
        lambda: actions.withdraw(casework.applicant, case=case.reference),
    )
    kept = Case.objects.get(pk=case.pk)
    moves = list(Transition.objects.filter(case=case).order_by("id").values_list("act", flat=True))
    assert kept.state == "withdrawn"
    assert moves in (["open", "withdraw"], ["open", "accept", "withdraw"])


def test_the_same_page_sent_twice_acts_once(casework):
    case = casework.received()
    results = at_once(
        *(lambda: actions.accept(casework.clerk, case=case.reference, lock_version=case.lock_version) for _ in range(2))
    )
    assert errors_in(results) == ["stale_version"]
    assert WorkItem.objects.filter(subject=f"case:{case.reference}", kind="review").count() == 1


def test_two_parallel_steps_finished_at_once_join_once(casework):
    from tests.plugins.casework import DECIDE, REVIEW

    plan = {
        "key": "parallel",
        "steps": [{**REVIEW, "key": "a"}, {**REVIEW, "key": "b"}, {**DECIDE, "after": ["a", "b"]}],
    }
    case = casework.accepted(casework.service(plan=plan))
    first, second = WorkItem.objects.filter(subject=f"case:{case.reference}", kind="review").order_by("id")
    results = at_once(
        lambda: actions.complete_step(casework.reviewer, case=case.reference, item_id=first.pk),
        lambda: actions.complete_step(casework.second, case=case.reference, item_id=second.pk),
    )
    assert errors_in(results) == []
    assert WorkItem.objects.filter(subject=f"case:{case.reference}", kind="decide").count() == 1
