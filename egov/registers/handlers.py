"""The registers that this platform keeps itself: population and organisations, both in the identity room."""

from collections.abc import Sequence

from egov.identity import queries as identity
from egov.kernel import clock
from egov.registers.registry import Fact, RegisterHandler, handlers

# data element -> element of identity's registers, where the two are not called the same
_ALIASES = {
    "contact.phone": "organisation.phone",
    "address.residence": "person.address",
    "shop.address": "organisation.address",
    "shop.region": "organisation.region",
}
_OWN = (
    *("person.name", "person.name_latin", "person.id_number", "person.sex", "person.born_on", "person.nationality"),
    *("person.address", "person.registered_region", "person.region", "person.phone", "person.email"),
    *("person.marital_status", "spouse.name"),
    *("organisation.name", "organisation.uscc", "organisation.type", "organisation.kind", "organisation.address"),
    *("organisation.region", "organisation.legal_representative", "organisation.founded_on", "organisation.industry"),
)
ELEMENTS = (*_OWN, *_ALIASES)


def _facts(party_id: int, elements: Sequence[str]) -> dict[str, Fact]:
    today = clock.today()
    known = identity.identity_facts(party_id)
    found = {}
    for element in elements:
        value = known.get(_ALIASES.get(element, element))
        if value not in (None, ""):
            about_person = element.startswith(("person.", "spouse.", "address."))
            found[element] = Fact(value, "population" if about_person else "organisations", today)
    return found


handlers.add("identity", RegisterHandler(key="identity", elements=lambda: ELEMENTS, facts=_facts))
