"""The demonstration city's people, businesses, departments and accounts. Fictional, whole, the same for the same seed.

Rows are written in bulk under the same constraints as any other, not action by action. Each function finds out for
itself whether its part is laid already, and then changes nothing. Each draws its own source of chance from ``rng``
first, so that a part laid earlier does not change the next one.
"""

from egov.identity.demo.accounts import ACCOUNTS, PASSWORD, RESIDENTS, DemoAccount, lay_accounts
from egov.identity.demo.births import PastBirth, lay_born
from egov.identity.demo.businesses import PastRegistration, lay_businesses, lay_registered
from egov.identity.demo.departments import lay_departments
from egov.identity.demo.people import lay_people

__all__ = [
    "ACCOUNTS",
    "PASSWORD",
    "RESIDENTS",
    "DemoAccount",
    "PastBirth",
    "PastRegistration",
    "lay_accounts",
    "lay_born",
    "lay_businesses",
    "lay_departments",
    "lay_people",
    "lay_registered",
]
