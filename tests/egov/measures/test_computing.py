"""Figures of what rooms declare: per day, again and again, one fault not another's."""

import datetime as dt
from decimal import Decimal

import pytest

from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.measures import actions, queries, rules, tasks
from egov.measures.models import Availability, MeasureValue
from egov.measures.queries import Percentile
from egov.measures.registry import Measure, Row, measures

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 10)
NAME = {"zh-Hans": "试", "en": "Trial"}


@pytest.fixture
def declare(monkeypatch):
    """Declare measures for this test only."""
    monkeypatch.setattr(measures, "_handlers", {})

    def add(key, rows, *, unit="rate", better="higher", window=30):
        given = rows if callable(rows) else lambda _start, _end: rows
        return measures.add(key, Measure(key, NAME, unit, better, ("department",), given, window=window))

    return add


def test_a_rate_comes_with_its_interval(declare):
    declare("t.rate", [Row("", 95, 100), Row("department:1", 0, 0)])
    assert actions.compute(SYSTEM, day=DAY).values == 2
    figure = queries.latest("t.rate")
    assert (figure.value, figure.low, figure.high) == (Decimal("0.95"), Decimal("0.888250"), Decimal("0.978456"))
    assert (figure.period_start, figure.period_end) == (dt.date(2026, 2, 9), DAY)
    assert queries.latest("t.rate", "department:1") is None


def test_a_figure_that_is_no_rate_has_none(declare):
    declare("t.median", [Row("", denominator=12, value=Decimal("3.5"))], unit="working_days", better="lower")
    actions.compute(SYSTEM, day=DAY)
    figure = queries.latest("t.median")
    assert (figure.value, figure.denominator, figure.low) == (Decimal("3.5"), 12, None)


def test_computing_again_replaces_and_a_slice_without_cases_loses_its_figure(declare):
    rows = [Row("", 1, 2), Row("department:1", 1, 1)]
    declare("t.rate", lambda _start, _end: rows)
    actions.compute(SYSTEM, day=DAY)
    rows[:] = [Row("", 2, 2)]
    actions.compute(SYSTEM, day=DAY)
    assert [(row.slice, row.value) for row in MeasureValue.objects.all()] == [("", Decimal(1))]


def test_a_measure_that_fails_stops_no_other_and_keeps_what_it_had(declare):
    rows = [Row("", 1, 2)]

    def sometimes(_start, _end):
        if not rows:
            raise LookupError
        yield from rows

    declare("t.a", sometimes)
    declare("t.b", [Row("", 1, 4)])
    actions.compute(SYSTEM, day=DAY)
    rows.clear()
    done = actions.compute(SYSTEM, day=DAY)
    assert done.failed == ["t.a"]
    assert {key: figure.value for key, figure in queries.figures(["t.a", "t.b"]).items()} == {
        "t.a": Decimal("0.5"),
        "t.b": Decimal("0.25"),
    }


@pytest.mark.parametrize("rows", [[Row("", 1, 2), Row("", 1, 3)], [Row("", 3, 2)]])
def test_impossible_figures_are_refused(declare, rows):
    declare("t.rate", rows)
    assert actions.compute(SYSTEM, day=DAY).failed == ["t.rate"]
    assert not MeasureValue.objects.exists()


def test_only_the_named_measures_are_computed(declare):
    declare("t.a", [Row("", 1, 2)])
    declare("t.b", [Row("", 1, 2)])
    assert actions.compute(SYSTEM, day=DAY, keys=["t.b"]).values == 1


def test_missed_days_are_made_up_for_a_week_at_most(declare, frozen):
    days = []
    declare("t.rate", lambda _start, end: days.append(end) or [Row("", 1, 2)], window=1)
    frozen("2026-03-10 09:07")
    tasks.compute()
    frozen("2026-03-13 09:07")
    tasks.compute()
    assert days == [dt.date(2026, 3, day) for day in (10, 10, 11, 12, 13)]
    frozen("2026-04-30 09:07")
    days.clear()
    tasks.compute()
    assert (len(days), days[-1]) == (8, dt.date(2026, 4, 30))


def test_many_slices_are_written_in_few_statements(declare, django_assert_max_num_queries):
    declare("t.rate", [Row(f"department:{number}", 1, 2) for number in range(500)])
    with django_assert_max_num_queries(6):
        actions.compute(SYSTEM, day=DAY)
    with django_assert_max_num_queries(1):
        assert len(queries.by_slice(["t.rate"], "department")) == 500


def test_the_newest_value_is_shown_and_the_course_kept(declare, frozen):
    share = [1]
    declare("t.rate", lambda _start, _end: [Row("", share[0], 10)], window=5)
    for day in (8, 9, 10):
        frozen(f"2026-03-{day:02d} 12:00")
        share[0] = day
        actions.compute_due(SYSTEM)
    assert queries.latest("t.rate").value == 1
    assert [row.period_end.day for row in queries.series("t.rate")] == [8, 9, 10]
    assert queries.series("t.rate", days=1)[0].period_end.day == 10
    assert queries.computed_at() == clock.now()


def test_a_measure_no_longer_declared_is_not_shown(declare):
    declare("t.rate", [Row("", 1, 2)])
    actions.compute(SYSTEM, day=DAY)
    measures._handlers.clear()
    assert queries.figures(["t.rate"]) == {}


def test_old_values_of_slices_go_and_the_ends_of_months_stay(declare, frozen):
    declare("t.rate", [Row("", 1, 2), Row("department:1", 1, 2)], window=1)
    for day in (dt.date(2026, 1, 30), dt.date(2026, 1, 31), dt.date(2026, 3, 1)):
        actions.compute(SYSTEM, day=day)
    frozen("2026-03-10 04:20")
    assert tasks.forget_old() == 1
    kept = MeasureValue.objects.order_by("period_end").values_list("slice", "period_end")
    assert ("department:1", dt.date(2026, 1, 30)) not in kept
    assert len(kept) == 5


@pytest.mark.parametrize("changes", [{"unit": "furlongs"}, {"better": "nicer"}, {"window": 0}])
def test_a_measure_is_well_declared(changes):
    given = {"unit": "rate", "better": "higher", "window": 5, **changes}
    with pytest.raises(ValueError, match="not well declared"):
        Measure("t", NAME, slices=(), compute=lambda _s, _e: [], **given)


def test_percentiles_are_counted_in_the_database_as_in_the_rules():
    values = [3, 9, 1, 27, 81, 5]
    Availability.objects.bulk_create(
        Availability(at=clock.now() - dt.timedelta(minutes=number), ok=True, milliseconds=value)
        for number, value in enumerate(values)
    )
    for fraction in (0, 0.5, 0.9, 1):
        found = Availability.objects.aggregate(p=Percentile("milliseconds", fraction))["p"]
        assert found == pytest.approx(float(rules.percentile(values, fraction)))
    assert Availability.objects.filter(pk=0).aggregate(p=Percentile("milliseconds", 0.5))["p"] is None
    with pytest.raises(ValueError, match="between"):
        Percentile("milliseconds", 90)
