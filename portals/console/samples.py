"""For whom an administrator tries something out: nobody known, or the people of the demonstration city.

Real people are never samples: their registers are read for their own matters only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from egov.identity import queries as identity
from egov.identity.demo import RESIDENTS
from egov.identity.models import Account, Party
from egov.kernel.actor import ANONYMOUS, Actor
from portals.console import demonstration


@dataclass(frozen=True)
class Sample:
    """``kind``: person or organisation, as competence asks."""

    key: str
    title: str
    actor: Actor
    kind: str


def samples() -> list[Sample]:
    nobody = [
        Sample("person", _("a resident of whom registers know nothing"), ANONYMOUS, "person"),
        Sample("organisation", _("an organisation of which registers know nothing"), ANONYMOUS, "organisation"),
    ]
    return [*nobody, *(_of_the_city() if demonstration.is_laid() else ())]


def _of_the_city() -> Iterator[Sample]:
    accounts = list(Account.objects.filter(username__in=RESIDENTS).order_by("username"))
    capacities = [
        (account, each)
        for account in accounts
        for each in identity.capacities_of(account)
        if each.slug == "self" or each.slug.startswith("o-")
    ]
    kinds = dict(Party.objects.filter(pk__in={each.party_id for _a, each in capacities}).values_list("pk", "kind"))
    for account, each in capacities:
        actor = identity.actor_for(account, each.slug)
        name = each.title if each.slug != "self" else identity.names_of({each.party_id})[each.party_id]
        yield Sample(f"{account.username}.{each.slug}", name, actor, kinds[each.party_id])


def sample(key: str) -> Sample:
    """The sample of that key, else the first."""
    found = samples()
    return next((each for each in found if each.key == key), found[0])
