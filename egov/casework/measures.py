"""What casework counts in public: kept promises, time of a case, satisfaction, what is late now."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from egov.casework.models import OPEN_STATES, Case, CorrectionRequest, Rating, Suspension
from egov.deadlines import queries as deadlines
from egov.kernel import clock
from egov.kernel.refs import Ref
from egov.measures.registry import RATE, Measure, Row, measures
from egov.measures.rules import percentile

ON_TIME = "casework.on_time"
DURATION_MEDIAN = "casework.duration_median"
DURATION_P90 = "casework.duration_p90"
SATISFACTION = "casework.satisfaction"
OVERDUE = "casework.overdue"
WINDOW = 30  # days
SATISFIED = 4  # of five (国办发〔2019〕51号)
SLICES = ("department", "service")


def register() -> None:
    for measure in (_ON_TIME, _MEDIAN, _P90, _SATISFACTION, _OVERDUE):
        measures.add(measure.key, measure)


# --- Counting ------------------------------------------------------------------------------------------
def _decided(start: dt.date, end: dt.date) -> QuerySet[Case]:
    since, until = clock.end_of_day(start - dt.timedelta(days=1)), clock.end_of_day(end)
    return Case.objects.filter(decided_at__gte=since, decided_at__lt=until)


def _on_time(start: dt.date, end: dt.date) -> Iterator[Row]:
    """Decided cases that had a promise, and those of them that kept it. Lawful pauses have moved the due moment."""
    promised = _decided(start, end).filter(promised_due_at__isnull=False)
    kept = Count("id", filter=Q(decided_at__lt=F("promised_due_at")))
    rows = promised.values("department_id", "service__code").annotate(all=Count("id"), kept=kept)
    counted = [(row["department_id"], row["service__code"], row["kept"], row["all"]) for row in rows]
    yield from _shares(counted)


def _satisfied(start: dt.date, end: dt.date) -> Iterator[Row]:
    since, until = clock.end_of_day(start - dt.timedelta(days=1)), clock.end_of_day(end)
    good = Count("id", filter=Q(grade__gte=SATISFIED))
    rows = (
        Rating.objects.filter(at__gte=since, at__lt=until)
        .values("case__department_id", "case__service__code")
        .annotate(all=Count("id"), good=good)
    )
    yield from _shares(
        [(row["case__department_id"], row["case__service__code"], row["good"], row["all"]) for row in rows]
    )


def _shares(counted: Iterable[tuple[int, str, int, int]]) -> Iterator[Row]:
    """Sums of (good, all) for the whole and each slice; slices without cases have no figure."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for department, service, good, every in counted:
        for name in ("", f"department:{department}", f"service:{service}"):
            sums[name][0] += good
            sums[name][1] += every
    for name, (good, every) in sums.items():
        if every:
            yield Row(name, numerator=good, denominator=every)


@dataclass(frozen=True)
class _Span:
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Took:
    """One decided case: working days from receipt to decision without lawful pauses."""

    department: int
    service: str
    days: int


def took(decided: QuerySet[Case]) -> Iterator[Took]:
    """How long each of the decided cases took; three statements."""
    pauses = _pauses(decided)
    rows = decided.values_list("id", "department_id", "service__code", "received_at", "decided_at")
    for pk, department, service, received, decided_at in rows.iterator():
        if decided_at is None:
            raise ValueError("only decided cases took their time")
        days = deadlines.working_days(department)
        first, last = clock.local(received).date(), clock.local(decided_at).date()
        stood = sum(max(days.between(max(span.first, first), min(span.last, last)), 0) for span in pauses.get(pk, ()))
        yield Took(department, service, max(days.between(first, last) - stood, 0))


def durations(start: dt.date, end: dt.date) -> dict[str, list[int]]:
    """Working days from receipt to decision without lawful pauses, per slice; three statements."""
    found: dict[str, list[int]] = defaultdict(list)
    for each in took(_decided(start, end)):
        for name in ("", f"department:{each.department}", f"service:{each.service}"):
            found[name].append(each.days)
    return found


def _pauses(decided: QuerySet[Case]) -> dict[int, list[_Span]]:
    """When the clock of a case stood: it waited for the applicant's correction, or for a special procedure."""
    asked = CorrectionRequest.objects.filter(case__in=decided, answered_at__isnull=False)
    stopped = Suspension.objects.filter(case__in=decided, ended_at__isnull=False)
    spans = [
        *asked.values_list("case_id", "asked_at", "answered_at"),
        *stopped.values_list("case_id", "from_at", "ended_at"),
    ]
    found: dict[int, list[_Span]] = defaultdict(list)
    for case, first, last in spans:
        if last is not None:
            found[case].append(_Span(clock.local(first).date(), clock.local(last).date()))
    return found


def _duration(fraction: float) -> Callable[[dt.date, dt.date], Iterator[Row]]:
    def compute(start: dt.date, end: dt.date) -> Iterator[Row]:
        for name, days in durations(start, end).items():
            yield Row(name, denominator=len(days), value=percentile(days, fraction))

    return compute


def _overdue(start: dt.date, end: dt.date) -> Iterator[Row]:
    """Open cases past the promised moment now; the window plays no part."""
    late = Case.objects.filter(state__in=OPEN_STATES, promised_due_at__lte=clock.now(), decided_at__isnull=True)
    rows = late.values("department_id", "service__code").annotate(all=Count("id"))
    sums: dict[str, int] = defaultdict(int, {"": 0})
    for row in rows:
        for name in ("", f"department:{row['department_id']}", f"service:{row['service__code']}"):
            sums[name] += row["all"]
    for name, every in sums.items():
        yield Row(name, denominator=every, value=Decimal(every))


def _late_cases(slice_: str, start: dt.date, end: dt.date) -> Iterator[Ref]:
    """The cases behind the share that was not on time."""
    rows = _decided(start, end).filter(promised_due_at__isnull=False, decided_at__gte=F("promised_due_at"))
    kind, _separator, key = slice_.partition(":")
    if kind == "department":
        rows = rows.filter(department_id=int(key))
    elif kind == "service":
        rows = rows.filter(service__code=key)
    yield from (Ref("case", reference) for reference in rows.order_by("-id").values_list("reference", flat=True))


# --- Declaring -----------------------------------------------------------------------------------------
_ON_TIME = Measure(
    key=ON_TIME,
    name={"zh-Hans": "按承诺日期办结", "en": "Finished by the promised date"},
    definition={
        "zh-Hans": "近30天办结的案件中，不晚于受理时承诺日期的所占比例；依法中止的时间已从期限中扣除。",
        "en": "Of the cases decided in the last 30 days, those not later than the date promised on acceptance; lawful "
        "pauses have moved that date.",
    },
    unit=RATE,
    better="higher",
    slices=SLICES,
    window=WINDOW,
    compute=_on_time,
    behind=_late_cases,
)
_MEDIAN = Measure(
    key=DURATION_MEDIAN,
    name={"zh-Hans": "办理时间中位数", "en": "Median time of a case"},
    definition={
        "zh-Hans": "近30天办结的案件，从收件到决定的部门工作日，扣除等待补正和特别程序的时间，取中位数。",
        "en": "For cases decided in the last 30 days: working days of the department from receipt to decision, without "
        "waiting for corrections and special procedures; the median.",
    },
    unit="working_days",
    better="lower",
    slices=SLICES,
    window=WINDOW,
    compute=_duration(0.5),
)
_P90 = Measure(
    key=DURATION_P90,
    name={"zh-Hans": "九成办结时间", "en": "Time within which nine in ten are decided"},
    definition={
        "zh-Hans": "口径与中位数相同，取第90百分位。",
        "en": "Counted as the median is; the 90th percentile.",
    },
    unit="working_days",
    better="lower",
    slices=SLICES,
    window=WINDOW,
    compute=_duration(0.9),
)
_SATISFACTION = Measure(
    key=SATISFACTION,
    name={"zh-Hans": "满意率", "en": "Satisfied"},
    definition={
        "zh-Hans": "近30天的评价中，五级里评“满意”和“非常满意”的比例；没有评价的不计。",
        "en": "Of the ratings given in the last 30 days, those of four or five of five; who did not rate does not count.",
    },
    basis={"zh-Hans": "国办发〔2019〕51号", "en": "Guobanfa [2019] 51"},
    unit=RATE,
    better="higher",
    slices=SLICES,
    window=WINDOW,
    compute=_satisfied,
)
_OVERDUE = Measure(
    key=OVERDUE,
    name={"zh-Hans": "超期在办", "en": "Late, still open"},
    definition={
        "zh-Hans": "现在已过承诺日期、尚未作出决定的案件数；系统已逐件上报科室负责人。",
        "en": "Cases past the promised date without a decision now; each was reported to the head of the section.",
    },
    unit="count",
    better="lower",
    slices=SLICES,
    window=WINDOW,
    compute=_overdue,
)
