"""The catalogue as CPSV-AP: both syntaxes say the same, and it is valid against the profile's own shapes."""

import json

import pytest
from django.conf import settings

from egov.catalogue import actions, queries
from egov.catalogue.demo import lay_catalogue
from egov.kernel.actor import SYSTEM

rdflib = pytest.importorskip("rdflib")
pytestmark = pytest.mark.django_db
SHAPES = settings.BASE_DIR.parent / "shared" / "data" / "standards" / "cpsv-ap-3.2.0" / "shacl.ttl"
CPSV = rdflib.Namespace("http://purl.org/vocab/cpsv#")
DCT = rdflib.Namespace("http://purl.org/dc/terms/")


@pytest.fixture
def catalogue(definitions, fileable, identities):
    department = identities.department("jz.linjiang.market", full_name={"zh-Hans": "市监局", "en": "Market “Bureau”"})
    definitions.write("ZZ01", fee={"amount": "12.50", "basis": "x"}, channel={"forms": ["online"]})
    definitions.write("ZZ02", depends_on=[["ZZ01"]], promised_limit=10, promised_unit="d", **fileable)
    definitions.write_event()
    definitions.load()
    actions.set_competence(SYSTEM, region="990102", department_id=department.pk, department_role="market")
    queries.kept.forget()


def graph(text, syntax):
    found = rdflib.Graph()
    found.parse(data=text, format=syntax)
    return found


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib warns of its own parser
def test_both_syntaxes_say_the_same(catalogue):
    turtle, json_ld = graph(queries.turtle(), "turtle"), graph(queries.json_ld(), "json-ld")
    assert set(turtle) == set(json_ld)
    services = list(turtle.subjects(rdflib.RDF.type, CPSV.PublicService))
    assert len(services) == 2
    titles = {str(title) for title in turtle.objects(services[0], DCT.title)}
    assert titles == {"试办事项", "Trial service"}


def test_a_service_switched_off_is_not_told(catalogue):
    actions.set_enabled(SYSTEM, code="ZZ01", enabled=False)
    queries.kept.forget()
    codes = {node["dct:identifier"][0]["@value"] for node in _services()}
    assert codes == {"ZZ02"}
    assert not any("dct:requires" in node for node in _services())


def test_an_event_out_of_force_is_not_told(catalogue):
    def told():
        queries.kept.forget()
        return [node["@id"] for node in json.loads(queries.json_ld())["@graph"] if node["@id"].endswith("/event/LE99")]

    assert told()
    row = actions.draft_withdrawal(SYSTEM, code="LE99", reason="x")
    actions.review_event(SYSTEM, version_id=row.pk)
    actions.publish_event(SYSTEM, version_id=row.pk)
    assert not told()
    assert not any("cv:isGroupedBy" in node for node in _services())


def test_it_is_valid_against_the_shapes(catalogue):
    _must_conform(queries.turtle())


@pytest.mark.long
def test_the_whole_catalogue_is_valid_against_the_shapes(law, identities):
    identities.region()
    hall = identities.department("jz.data")
    identities.unit(hall, is_service_hall=True)
    lay_catalogue()
    queries.kept.forget()
    _must_conform(queries.turtle())


def _must_conform(text):
    pyshacl = pytest.importorskip("pyshacl")
    if not SHAPES.exists():
        pytest.skip("the shapes of CPSV-AP 3.2.0 are not beside the project (shared/data/standards)")
    shapes = graph(SHAPES.read_text(), "turtle")
    conforms, _report, words = pyshacl.validate(graph(text, "turtle"), shacl_graph=shapes, inference="none")
    assert conforms, words[:3000]


def _services():
    found = json.loads(queries.json_ld())["@graph"]
    return [node for node in found if "cpsv:PublicService" in node["@type"]]
