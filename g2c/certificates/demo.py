"""The births that the demonstration city's past added to its register of people."""

import datetime as dt
from collections.abc import Iterator, Sequence

from egov.casework.demo import PastEffect, past_effects
from egov.identity.demo import PastBirth, lay_born
from egov.identity.models import Person
from egov.journal.demo import PastAct, lay_entries
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref


def lay_births(effects: Sequence[PastEffect]) -> None:
    """See ``effects.register_birth`` and ``actions.register_birth``; here it is the mother who registers the child."""
    laid = lay_born([_birth(effect) for effect in effects])
    for effect, (child, number, household) in zip(effects, laid, strict=True):
        lay_entries(_acts(effect, child, household))
        effect.outputs["child.id_number"] = number


def _birth(effect: PastEffect) -> PastBirth:
    made, answers = effect.tale.granting, effect.case.answers
    if made is None:
        raise ValueError("no decision was made")
    if answers["joins"] != "mother" or answers["mother_name"] != effect.case.applicant.name:
        raise ValueError("births of the past are registered by the mother")
    return PastBirth(
        name=answers["child_name"],
        sex=answers["child_sex"],
        born_on=dt.date.fromisoformat(answers["child_born_on"]),
        region=answers["household_region"],
        mother_id=effect.case.applicant_id,
        registered_on=clock.local(made.at).date(),
        source=f"case:{effect.case.reference}",
    )


def _acts(effect: PastEffect, child: Person, household: str) -> Iterator[PastAct]:
    decided = effect.note("certificates.register_birth", child.pk)
    party, mother = Ref("party", str(child.pk)), Ref("party", str(effect.case.applicant_id))
    yield PastAct(decided.at, SYSTEM, "identity.register_person", [party])
    yield PastAct(decided.at, SYSTEM, "identity.relate", [mother, party], "parent")
    role = child.household_memberships.get().role
    yield PastAct(decided.at, SYSTEM, "identity.join_household", [Ref("household", household), party], role)
    yield decided


past_effects.add("certificates.register_birth", lay_births)
