"""The past of what every service may name: who was granted something holds it, until it is cancelled."""

import datetime as dt
from collections.abc import Sequence

from egov.casework.deciding import valid_until
from egov.casework.demo.writing import PastEffect, past_effects
from egov.casework.effects import whose
from egov.casework.moving import ref_of
from egov.kernel import clock
from egov.law import queries as law
from egov.registers.demo import lay_holdings
from egov.registers.models import Holding


def lay_held(effects: Sequence[PastEffect]) -> None:
    """See ``casework.effects.hold``."""
    lay_holdings([_holding(effect) for effect in effects])


def _holding(effect: PastEffect) -> Holding:
    case, options, made = effect.case, effect.options, effect.tale.granting
    if made is None:
        raise ValueError("no decision was made")
    first = clock.local(made.at).date()
    named = case.answers.get(options.get("valid_to_answer", ""))
    return Holding(
        party_id=case.applicant_id,
        service=case.service.code,
        output=options["output"],
        source=str(ref_of(case)),
        data={name: case.answers.get(name) for name in options.get("answers", [])},
        valid_from=first,
        valid_to=dt.date.fromisoformat(named) if named else valid_until(first, options.get("valid_years")),
    )


past_effects.add("registers.hold", lay_held)


def lay_ended(effects: Sequence[PastEffect]) -> None:
    """See ``casework.effects.end``."""
    for effect in effects:
        case, options, made = effect.case, effect.options, effect.tale.granting
        if made is None or not law.holds(options.get("when", "true"), case.answers):
            continue
        holder = whose(case, options)
        if holder is None:
            continue
        held = Holding.objects.filter(party_id=holder, service__in=options["services"], ended_at=None)
        held.filter(valid_from__lte=clock.local(made.at).date()).update(ended_at=made.at)


past_effects.add("registers.end", lay_ended)
