"""The registers that this platform keeps itself: population and organisations, both in the identity room."""

from collections.abc import Iterable, Sequence

from egov.identity import queries as identity
from egov.kernel import clock
from egov.registers.registry import Fact, RegisterHandler, handlers

_PREFIXES = {"organisation": "organisations", "contact": "organisations"}


def _elements() -> Iterable[str]:
    return identity.FACT_ELEMENTS


def _facts(party_id: int, elements: Sequence[str]) -> dict[str, Fact]:
    today = clock.today()
    wanted = set(elements)
    return {
        name: Fact(value=value, register=_PREFIXES.get(name.partition(".")[0], "population"), as_of=today)
        for name, value in identity.identity_facts(party_id).items()
        if name in wanted and value not in (None, "")
    }


handlers.add("identity", RegisterHandler(key="identity", elements=_elements, facts=_facts))
