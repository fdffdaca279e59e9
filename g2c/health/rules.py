"""How long a registration for treatment elsewhere lasts, and how a certificate of birth is numbered. Pure."""

import calendar
import datetime as dt

# 医保发〔2022〕22号: who lives elsewhere is registered without an end; a single treatment is registered for 6 months.
LIVING_THERE = frozenset({"settled", "resident", "posted"})
SINGLE_TREATMENT_MONTHS = 6


def ends_on(kind: str, starts_on: dt.date) -> dt.date | None:
    """The last day that is still covered; None without an end."""
    if kind in LIVING_THERE:
        return None
    months = starts_on.year * 12 + starts_on.month - 1 + SINGLE_TREATMENT_MONTHS
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(starts_on.day, last)) - dt.timedelta(days=1)


def birth_certificate_number(*, series: str, province: str, serial: int) -> str:
    """The letter of the edition, two digits of the province, seven of the serial: V330000042."""
    return f"{series}{province}{serial:07d}"
