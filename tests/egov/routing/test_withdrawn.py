"""An event that was taken out of force is not found by words any more, and found again when it is offered again."""

import pytest

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event
from egov.contracts.catalogue import CatalogueChanged
from egov.kernel import clock
from egov.routing import consumers, memory
from egov.routing.models import Example, SearchEntry

pytestmark = pytest.mark.django_db


def test_its_words_lead_nowhere_while_it_is_out_of_force(new_service):
    new_service("ZZ01")
    event = Event.objects.create(
        code="LE90",
        kind="life",
        name={"zh-Hans": "搬到别的城市", "en": "Moving to another town"},
        summary={},
        needs={"zh-Hans": ["我要搬家"], "en": []},
        definition={"members": [{"service": "ZZ01"}]},
    )
    Example.objects.create(target="LE90", language="en", text="we are moving house")

    def told():
        catalogue.kept.forget()
        memory.forget()
        consumers.follow_catalogue(CatalogueChanged(services=[], events=["LE90"]))
        words = set(SearchEntry.objects.filter(target="LE90").values_list("text", flat=True))
        return words, "LE90" in memory.Known().titles

    words, known = told()
    assert words == {"搬到别的城市", "Moving to another town", "我要搬家", "we are moving house"}
    assert known
    event.withdrawn_at = clock.now()
    event.save()
    assert told() == (set(), False)
    event.withdrawn_at = None
    event.save()
    assert told() == (words, True)
