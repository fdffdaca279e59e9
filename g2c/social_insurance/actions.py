"""Awarding unemployment benefit and ordering its payment, month by month."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from egov.deadlines.rules import plus_months
from egov.journal import actions as journal
from egov.kernel import clock, secrets
from egov.kernel.actor import Actor
from egov.kernel.errors import TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.payments import actions as payments
from g2c.social_insurance.models import UnemploymentAward


class DrawsAlready(TransitionNotAllowed):
    """Unemployment Insurance Regulation, art. 17: one period of drawing at a time."""

    code = "draws_unemployment_benefit"
    message = _(
        "This person draws unemployment benefit already. Refuse the claim, or wait until that period has ended."
    )


FUND = "unemployment"
PURPOSE = {"zh-Hans": "失业保险金", "en": "Unemployment benefit"}


@transaction.atomic
def award_unemployment_benefit(
    actor: Actor, *, case: str, person_id: int, months: int, monthly: Decimal, account_number: str
) -> UnemploymentAward:
    """Award the benefit from the month after the decision and order the first month.

    Raises ``DrawsAlready``; the deciding transaction then fails as a whole, and the officer is told.
    """
    # One at a time, also when two cases of one person are decided at once: the constraint holds behind this question.
    if UnemploymentAward.objects.filter(person_id=person_id, ended_on=None).exists():
        raise DrawsAlready()
    award = UnemploymentAward.objects.create(
        case=case,
        person_id=person_id,
        months=months,
        monthly_amount=monthly,
        starts_on=plus_months(clock.today().replace(day=1), 1),
        account_encrypted=secrets.encrypt(account_number),
        account_masked=f"…{account_number[-4:]}",
    )
    journal.record(
        actor,
        "social_insurance.award_unemployment_benefit",
        Ref("party", str(person_id)),
        Ref("case", case),
        content={"months": months, "monthly": str(monthly)},
    )
    return award


@transaction.atomic
def order_month(actor: Actor, *, award_id: int, on: dt.date) -> bool:
    """Order the month that is due on ``on``; whether one was. The fund refuses when it does not hold enough."""
    award = UnemploymentAward.objects.select_for_update(of=("self",)).get(pk=award_id)
    due_on = plus_months(award.starts_on, award.months_ordered)
    if award.ended_on or award.months_ordered >= award.months or on < due_on:
        return False
    payments.request_disbursement(
        actor,
        fund=FUND,
        payee_id=award.person_id,
        account_number=secrets.decrypt(award.account_encrypted),
        amount=award.monthly_amount,
        purpose=PURPOSE,
        subject=Ref("unemployment_award", f"{award.pk}-{award.months_ordered + 1}"),
    )
    UnemploymentAward.objects.filter(pk=award.pk).update(
        months_ordered=F("months_ordered") + 1,
        ended_on=on if award.months_ordered + 1 == award.months else None,
        end_reason="completed" if award.months_ordered + 1 == award.months else "",
    )
    return True


def order_due_months(actor: Actor, *, on: dt.date | None = None) -> int:
    """Order every month that is due; one award's refusal does not hold up the others. Returns how many."""
    day = on or clock.today()
    due = UnemploymentAward.objects.filter(
        ended_on__isnull=True, months_ordered__lt=F("months"), starts_on__lte=day
    ).values_list("pk", flat=True)
    return sum(order_month(actor, award_id=pk, on=day) for pk in due.iterator())
