"""The one place that reads the clock. Everything else asks here, so that tests can stop time.

The zone is the authority's, for everybody: a deadline does not end at another hour for whoever reads it elsewhere.
"""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present moment, aware (UTC)."""
    return timezone.now()


def today() -> dt.date:
    """The present day where the authority is (``TIME_ZONE``)."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def local(moment: dt.datetime) -> dt.datetime:
    """``moment`` on the wall clock of the authority."""
    return timezone.localtime(moment, timezone.get_default_timezone())


def end_of_day(day: dt.date) -> dt.datetime:
    """24:00 of ``day`` where the authority is, as the first moment that is too late."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, timezone.get_default_timezone())
