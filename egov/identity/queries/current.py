"""What holds on a day."""

import datetime as dt

from django.db.models import Q

from egov.kernel import clock


def current(on: dt.date | None = None, prefix: str = "") -> Q:
    """Dated rows (of a relation, with ``prefix`` "posts__") that hold on the day, today by default."""
    day = on or clock.today()
    begun = Q(**{f"{prefix}valid_from__lte": day})
    return begun & (Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day}))
