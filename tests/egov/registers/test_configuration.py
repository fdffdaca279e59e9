"""The dictionary of an instance taken out and brought into another."""

import copy

import pytest

from egov.kernel.actor import SYSTEM
from egov.kernel.configuration import Entry, Outcome
from egov.registers import actions, configuration
from egov.registers.models import DataElement

pytestmark = pytest.mark.django_db


@pytest.fixture
def dictionary():
    actions.load_elements(SYSTEM)
    return configuration.export()


def test_it_goes_out_and_comes_in_as_it_was(dictionary):
    assert configuration.load(SYSTEM, copy.deepcopy(dictionary)) == []
    DataElement.objects.all().delete()
    assert {entry.outcome for entry in configuration.load(SYSTEM, copy.deepcopy(dictionary))} == {Outcome.ADDED}
    assert configuration.export() == dictionary


def test_an_element_that_differs_here_is_kept(dictionary):
    elsewhere = copy.deepcopy(dictionary)
    elsewhere["elements"]["shop.area_sqm"]["schema"] = {"type": "string"}
    elsewhere["elements"]["shop.seats"] = {"name": {"zh-Hans": "座位数", "en": "Seats"}, "schema": {"type": "integer"}}
    assert configuration.load(SYSTEM, elsewhere) == [
        Entry("shop.area_sqm", Outcome.KEPT),
        Entry("shop.seats", Outcome.ADDED),
    ]
    assert configuration.export()["elements"]["shop.area_sqm"] == dictionary["elements"]["shop.area_sqm"]
    assert DataElement.objects.get(key="shop.seats").schema == {"type": "integer"}
