"""The catalogue of the demonstration city: every service finds a department, near where it should."""

import random
import time

import pytest

from egov.catalogue import demo, queries
from egov.catalogue.models import Competence
from egov.identity.demo import lay_departments
from egov.identity.models import Organisation
from egov.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db):
    lay_departments(random.Random(1))
    began = time.monotonic()
    demo.lay_catalogue()
    assert time.monotonic() - began < 15


def test_the_city_has_its_catalogue(city):
    keys = dict(Organisation.objects.filter(key__isnull=False).values_list("pk", "key"))

    def handles(code, region):
        rows = queries.competences_for(queries.published(code).service, region=region, on=clock.today())
        return keys[rows[0].department_id] if rows else None

    assert handles("LC01", "990102") == "jz.linjiang.market"
    assert handles("LC01", "990104") == "jz.donghu.market"
    assert handles("SI09", "990103") == "jz.wangshan.hrss"
    assert handles("SI07", "990103") == "jz.hrss"  # kept at the level of the city
    assert handles("GP01", "990102") == "jz.finance"  # the districts have no such department
    assert handles("CP01", "990102") == "jz.data"
    without = [row.service.code for row in queries.services() if handles(row.service.code, "990102") is None]
    assert without == []
    assert all(row.unit_id for row in queries.competence_rows())
    assert queries.service_page("LC01", "990102").offices[0].key == "jz.linjiang.market"
    rows = Competence.objects.count()
    assert demo.lay_catalogue() == 0
    assert Competence.objects.count() == rows
