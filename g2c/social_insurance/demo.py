"""The demonstration city's unemployment benefits: awarded by decisions of the past, paid month by month until today."""

import datetime as dt
from collections.abc import Iterator, Sequence

from egov.casework.demo import PastEffect, past_effects
from egov.deadlines.rules import plus_months
from egov.journal.demo import lay_entries
from egov.kernel import clock, secrets
from egov.kernel.refs import Ref
from egov.law import queries as law
from egov.payments.demo import PastDisbursement, lay_disbursements
from g2c.social_insurance.actions import FUND, PURPOSE
from g2c.social_insurance.models import UnemploymentAward

ORDERED_AT, SETTLED_AFTER = dt.timedelta(hours=9), dt.timedelta(days=1, hours=5)


def lay_awards(effects: Sequence[PastEffect]) -> None:
    """See ``effects.award_unemployment_benefit`` and ``actions.order_due_months``."""
    rows = [_award(effect) for effect in effects]
    drawing = UnemploymentAward.objects.filter(ended_on__isnull=True, person__in=[row.person_id for row in rows])
    running = set(drawing.values_list("person_id", flat=True))
    for row in rows:
        _bring_up_to_today(row, draws_already=row.person_id in running)
    UnemploymentAward.objects.bulk_create(rows, batch_size=1000)
    lay_disbursements(
        [month for effect, row in zip(effects, rows, strict=True) for month in _months(row, effect.case.answers)]
    )
    lay_entries(
        effect.note(
            "social_insurance.award_unemployment_benefit",
            row.person_id,
            {"months": row.months, "monthly": str(row.monthly_amount)},
        )
        for effect, row in zip(effects, rows, strict=True)
    )
    for effect, row in zip(effects, rows, strict=True):
        effect.outputs |= {
            "benefit.months": row.months,
            "benefit.monthly_amount": str(row.monthly_amount),
            "benefit.starts_on": row.starts_on.isoformat(),
        }


def _award(effect: PastEffect) -> UnemploymentAward:
    made, answers = effect.tale.granting, effect.case.answers
    if made is None:
        raise ValueError("no decision was made")
    day = clock.local(made.at).date()
    result = law.compute(
        effect.options["formula"],
        on=day,
        region=effect.case.region,
        inputs={"contribution_years": answers["contribution_years"]},
    )
    account = answers["bank_account"].replace(" ", "")
    return UnemploymentAward(
        case=effect.case.reference,
        person_id=effect.case.applicant_id,
        months=result.values["months"],
        monthly_amount=result.values["monthly"],
        starts_on=plus_months(day.replace(day=1), 1),
        account_encrypted=secrets.encrypt(account),
        account_masked=f"…{account[-4:]}",
    )


def _bring_up_to_today(row: UnemploymentAward, *, draws_already: bool) -> None:
    today = clock.today()
    due = [number for number in range(row.months) if plus_months(row.starts_on, number) <= today]
    row.months_ordered = 0 if draws_already else len(due)
    if draws_already:
        row.ended_on, row.end_reason = row.starts_on, "found_work"
    elif row.months_ordered == row.months:
        row.ended_on, row.end_reason = plus_months(row.starts_on, row.months - 1), "completed"


def _months(row: UnemploymentAward, answers: dict[str, str]) -> Iterator[PastDisbursement]:
    now = clock.now()
    for number in range(row.months_ordered):
        day = plus_months(row.starts_on, number)
        ordered = min(clock.end_of_day(day - dt.timedelta(days=1)) + ORDERED_AT, now)
        yield PastDisbursement(
            fund=FUND,
            payee_id=row.person_id,
            account_number=answers["bank_account"].replace(" ", ""),
            amount=row.monthly_amount,
            purpose=PURPOSE,
            subject=Ref("unemployment_award", f"{row.pk}-{number + 1}"),
            requested_at=ordered,
            settled_at=ordered + SETTLED_AFTER if ordered + SETTLED_AFTER < now else None,
        )


past_effects.add("social_insurance.award_unemployment_benefit", lay_awards)
