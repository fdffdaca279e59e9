"""The demonstration city: which rooms lay what, in which order. Sizes stand in docs/operator/demo.md."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.management import call_command
from django.db.models import QuerySet

from egov.casework import actions as casework
from egov.catalogue.demo import lay_catalogue
from egov.deadlines.models import WorkCalendar
from egov.identity import demo as people
from egov.identity.actions import load_roles
from egov.identity.queries import department
from egov.intake import demo as filings
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.models import DemoState
from egov.matters import actions as matters
from egov.measures import actions as measures
from egov.payments.demo import lay_fund
from egov.registers import actions as registers
from egov.registers.demo import lay_keepers
from egov.routing import actions as routing
from g2b.registration import demo as _registration  # noqa: F401 - what decisions of the past left in the registers
from g2c.certificates import demo as _certificates  # noqa: F401
from g2c.health import demo as _health  # noqa: F401
from g2c.social_insurance import demo as _social_insurance  # noqa: F401
from g2e.administration import demo as _administration  # noqa: F401
from g2g.exchange import demo as _exchange  # noqa: F401

SEED = 20261124
CASES = 3000
RESIDENTS = 500
BUSINESSES = 120


@dataclass(frozen=True)
class Stage:
    """One thing to lay; ``lay`` may be called again and then changes nothing."""

    name: str
    lay: Callable[[random.Random], object]


def _command(name: str) -> Callable[[random.Random], object]:
    return lambda _rng: call_command(name, verbosity=0)


# What benefits and subsidies are paid from: key, names, whose it is, what lies in it.
FUNDS = (
    ("unemployment", "失业保险基金", "Unemployment insurance fund", "jz.hrss", "30000000.00"),
    ("housing_fund", "住房公积金", "Housing provident fund", "jz.housing_fund", "300000000.00"),
    ("enterprise_support", "惠企专项资金", "Fund for the support of enterprises", "jz.finance", "60000000.00"),
    ("employment_support", "就业补助资金", "Employment support fund", "jz.hrss", "20000000.00"),
    ("tax_refunds", "退税资金", "Money for tax refunds", "jz.tax", "200000000.00"),
)


def _lay_funds(_rng: random.Random) -> None:
    for key, chinese, english, owner, amount in FUNDS:
        name = {"zh-Hans": chinese, "en": english}
        lay_fund(key=key, name=name, owner_id=department(owner).pk, amount=Decimal(amount))


STAGES = (
    Stage("calendar", _command("load_calendar")),
    Stage("roles", lambda _rng: load_roles()),
    Stage("dictionary", lambda _rng: registers.load_elements(SYSTEM)),
    Stage("departments", people.lay_departments),
    Stage("keepers of registers", lambda _rng: lay_keepers()),
    Stage("law and services", lambda _rng: lay_catalogue()),
    Stage("routing", lambda _rng: routing.load_definitions(SYSTEM)),
    Stage("seals", _command("make_seals")),
    Stage("residents", lambda rng: people.lay_people(rng, RESIDENTS)),
    Stage("businesses", lambda rng: people.lay_businesses(rng, BUSINESSES)),
    Stage("accounts", lambda _rng: people.lay_accounts()),
    Stage("funds", _lay_funds),
)


def lay_city(rng: random.Random) -> Iterator[str]:
    """Lay what people need at once; yields the name of each stage as it is done."""
    for stage in STAGES:
        state, _created = DemoState.objects.get_or_create(stage=stage.name, defaults={"total": 1})
        stage.lay(rng)
        if state.finished_at is None:
            state.done, state.finished_at = 1, clock.now()
            state.save(update_fields=["done", "finished_at"])
        yield stage.name


def lay_history() -> Iterator[DemoState]:
    """The year that lies behind the city, as far as it is missing; yields the progress.

    What the platform counts and watches by itself follows it: public figures, paces, endangered promises.
    """
    for state in filings.lay_chunks(SEED):
        yield state
        if state.finished_at is not None:
            measures.compute(SYSTEM, day=clock.today())
            casework.measure_paces(SYSTEM)
            matters.watch_promises(SYSTEM)


def stages() -> QuerySet[DemoState]:
    """What is laid and how far, for the console."""
    return DemoState.objects.exclude(stage=filings.BEGUN).order_by("pk")


def is_laid() -> bool:
    return WorkCalendar.objects.exists() and DemoState.objects.filter(stage="accounts", done=1).exists()
