"""Two acts on the answers of one matter at once: each goes by what the other has made of it, and both count."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from egov.casework import actions as casework
from egov.casework.models import AnswerChange
from egov.intake import actions
from egov.intake.actions import revising
from egov.matters.models import Matter
from tests.plugins.instances import until
from tests.plugins.intake import filled, start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def matter(shop, resident) -> Matter:
    submission = filled(resident, start(resident, area=86, sign=True), aa02__cooks=2, aa03__words="面")
    return Matter.objects.get(reference=submission.matter)


def while_another_is_under_way(first: Callable[[], object], then: Callable[[], object]) -> None:
    """``then`` begins after ``first`` and before it is committed."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            then()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        until(_somebody_waits, seconds=20, what="the second waits for the first")
    thread.join(60)
    assert raised == []


def _somebody_waits() -> bool:
    """For this connection, that is."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))")
        return cursor.fetchone() is not None


def answer_anew(actor, matter):
    return lambda: actions.answer_anew(actor, matter=matter.reference, question="sign", answer="false")


def test_a_correction_and_another_answer_both_count(matter, resident):
    def correct():
        actions.propose_change(resident, matter=matter.reference, answers={"shop__area_sqm": 320}, reason="量错了")

    while_another_is_under_way(answer_anew(resident, matter), correct)
    matter.refresh_from_db()
    assert matter.determinants == {"area": 320, "sign": False}
    assert matter.superfluous == ["AA03"]


def test_a_correction_that_is_void_and_another_answer_both_count(matter, resident, identities, services):
    actions.propose_change(resident, matter=matter.reference, answers={"shop__area_sqm": 320}, reason="量错了")
    change = AnswerChange.objects.get()
    clerk = identities.officer("clerk", "reviewer", unit=services.unit)
    casework.refuse_change(clerk, case=change.case.reference, reason="与现场不符")
    matter.members.get(key="AA02").pending.delete()  # only the registration had the area
    while_another_is_under_way(answer_anew(resident, matter), lambda: revising.forget_refused(change_id=change.pk))
    matter.refresh_from_db()
    assert matter.determinants == {"area": 86, "sign": False}
    assert matter.superfluous == ["AA03"]
