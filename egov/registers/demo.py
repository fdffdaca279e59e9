"""Who keeps which register in the demonstration city, and what its people hold."""

from collections.abc import Sequence

from django.db import transaction

from egov.identity import queries as identity
from egov.kernel.actor import SYSTEM
from egov.registers import actions
from egov.registers.models import Holding, Register

KEEPERS = {
    "population": "jz.police",
    "organisations": "jz.market",
    "employment": "jz.hrss",
    "social_insurance": "jz.hrss",
    "property": "jz.planning",
    "vehicles": "jz.police",
    "education": "jz.education",
    "health": "jz.health",
    "tax": "jz.tax",
    "disability": "jz.disabled",
    "certificates": "jz.data",
    "holdings": "jz.data",
    "decisions": "jz.data",
}


@transaction.atomic
def lay_keepers() -> int:
    """Give registers without a keeper theirs; how many. The dictionary and the departments must be there."""
    waiting = Register.objects.filter(key__in=KEEPERS, keeper__isnull=True).values_list("key", flat=True)
    keys = list(waiting)
    for key in keys:
        actions.set_keeper(SYSTEM, register=key, department_id=identity.department(KEEPERS[key]).pk)
    return len(keys)


def lay_holdings(rows: Sequence[Holding]) -> None:
    """Many at once, as ``actions.hold`` records them one by one."""
    Holding.objects.bulk_create(rows, batch_size=1000)
