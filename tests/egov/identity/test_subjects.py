"""Parties, mandates and units have a title wherever a reference names them."""

import pytest

from egov.kernel.actor import ANONYMOUS
from egov.kernel.refs import Ref, subjects

pytestmark = pytest.mark.django_db


def test_a_party_is_called_by_its_name_and_seen_by_its_own_side(identities):
    person = identities.person("林晓雯")
    ref, party = Ref("party", str(person.pk)), subjects.get("party")
    assert party.title(ref) == "林晓雯"
    for unknown in ("0", "x"):
        assert party.title(Ref("party", unknown)) == f"party:{unknown}"
    assert party.url(ref, ANONYMOUS) is None
    assert party.may_view(ref, identities.resident(person))
    assert party.may_view(ref, identities.officer("records"))
    for other in (identities.resident(), identities.officer("inspector"), ANONYMOUS):
        assert not party.may_view(ref, other)


def test_a_mandate_is_seen_by_both_sides(identities):
    grantor, agent = identities.person("甲"), identities.person("乙")
    row = identities.mandate(grantor.party, agent.party, by=grantor)
    ref, mandate = Ref("mandate", str(row.pk)), subjects.get("mandate")
    assert mandate.title(ref) == "甲 → 乙"
    for unknown in ("0", "x"):
        assert mandate.title(Ref("mandate", unknown)) == f"mandate:{unknown}"
        assert not mandate.may_view(Ref("mandate", unknown), identities.resident())
    for side in (identities.resident(grantor), identities.resident(agent)):
        assert mandate.may_view(ref, side)
        assert mandate.url(ref, side) == "/as/self/mandates/"
    for other in (identities.resident(), identities.officer("records"), ANONYMOUS):
        assert not mandate.may_view(ref, other)


def test_a_unit_is_called_by_its_name(identities):
    unit, known = identities.unit(key="jz.market.food"), subjects.get("unit")
    assert known.title(Ref("unit", unit.key)) in ("许可科", "Licensing section")
    assert known.title(Ref("unit", "x")) == "unit:x"
    assert known.may_view(Ref("unit", unit.key), identities.officer("clerk"))
    assert not known.may_view(Ref("unit", unit.key), identities.resident())
