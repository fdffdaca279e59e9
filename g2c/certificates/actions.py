"""Births, marriages and deaths in the register of people.

The register is written by the platform as the effect of the decision; who decided stands in the journal entry.
All run inside the deciding transaction: what the register refuses is not decided either.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.identity import actions as identity
from egov.identity import queries
from egov.identity.models import Party, Person
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import InvalidInput
from egov.kernel.refs import Ref


@transaction.atomic
def register_birth(
    actor: Actor,
    *,
    case: str,
    name: str,
    sex: str,
    born_on: dt.date,
    region_code: str,
    joins: str,
    parents: dict[str, tuple[str, str]],
) -> str:
    """Enter a newborn with an identity number, its parents and its household; returns the number.

    ``parents``: "mother" and "father" → name and identity number; ``joins`` says whose household the child joins.
    A parent without a number, or one this register does not have, is not related. Raises ``InvalidInput``.
    """
    platform = SYSTEM.with_request(actor.request_id)
    known = {which: found for which, named in parents.items() if (found := known_person(*named, path=f"{which}_name"))}
    household = queries.household_of(known[joins].pk) if joins in known else None
    number = identity.draw_resident_id(region_code=region_code, born_on=born_on, sex=sex)
    child = identity.register_person(
        platform,
        name=name,
        id_number=number,
        region_code=region_code,
        registered_region_code=region_code,
        address=household.address if household else "",
    )
    for parent in known.values():
        identity.relate(
            platform, subject_id=parent.pk, of_id=child.pk, kind="parent", valid_from=born_on, source=f"case:{case}"
        )
    if household:
        near = household.role_of(known[joins].pk) in ("head", "spouse")
        role = "child" if near else "other"
        identity.join_household(
            platform, number=household.number, person_id=child.pk, role=role, valid_from=clock.today()
        )
    journal.record(actor, "certificates.register_birth", Ref("party", str(child.pk)), Ref("case", case))
    return number


@transaction.atomic
def register_marriage(actor: Actor, *, case: str, person_id: int, partner: tuple[str, str]) -> dt.date:
    """Two people are married from today; the day. ``partner``: name and identity number.

    Raises ``InvalidInput`` when the law does not allow it, or the number is somebody else's.
    """
    today = clock.today()
    spouse = known_person(*partner, path="spouse_name")
    if spouse:
        platform = SYSTEM.with_request(actor.request_id)
        identity.relate(
            platform, subject_id=person_id, of_id=spouse.pk, kind="spouse", valid_from=today, source=f"case:{case}"
        )
    journal.record(actor, "certificates.register_marriage", Ref("party", str(person_id)), Ref("case", case))
    return today


@transaction.atomic
def register_death(actor: Actor, *, case: str, deceased: tuple[str, str], died_on: dt.date) -> None:
    """The person died. One whom the register does not have, or has as dead already, stays as they are.

    ``deceased``: name and identity number. Raises ``InvalidInput`` when the number is somebody else's.
    """
    person = known_person(*deceased, path="deceased_name")
    if person is None or Person.objects.filter(pk=person.pk, died_on__isnull=False).exists():
        return
    identity.record_death(SYSTEM.with_request(actor.request_id), person_id=person.pk, died_on=died_on)
    journal.record(actor, "certificates.register_death", Ref("party", str(person.pk)), Ref("case", case))


def known_person(name: str, number: str, *, path: str) -> Party | None:
    """Whom the register has under this number; None for nobody. Raises ``InvalidInput`` when the name is another's."""
    found = queries.party_by_number("cn.ric", number) if number else None
    if found is not None and found.name != " ".join(name.split()):
        raise InvalidInput.at(path, "name", _("This name and the identity number do not belong together."))
    return found
