"""Who may edit how needs are understood: administrators; sentences of a service whoever configures it."""

from types import SimpleNamespace

import pytest

from egov.catalogue import actions as catalogue
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.routing import actions
from egov.routing.models import Concept, Example, Need, Synonym, Topic
from egov.routing.queries import NeedMatch
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_world(new_service, identities):
    new_service("ZZ09")
    Concept.objects.create(key="noodles", name={"zh-Hans": "面馆", "en": "noodles"})
    market = identities.department("jz.linjiang.market")
    catalogue.set_competence(SYSTEM, region="990102", department_id=market.pk, department_role="market")
    return SimpleNamespace(
        market=market,
        synonym=Synonym.objects.create(language="en", said="ramen bar", meant="noodles"),
        shipped=Synonym.objects.create(language="en", said="noodle shop", meant="noodles", origin="file"),
        example=Example.objects.create(target="ZZ09", language="en", text="i want a trial"),
        topic=Topic.objects.create(key="help", question={"en": "What?"}, options=[]),
        need=Need.objects.create(text="a trial please", language="en", offered=[{"code": "ZZ09"}], at=clock.now()),
    )


@pytest.fixture
def permission_actors(permission_world, identities):
    fire = identities.unit(identities.department("jz.linjiang.fire"))
    return {
        "owner": identities.resident(),
        "stranger": identities.officer("reviewer", unit=identities.unit(permission_world.market)),
        "officer": identities.officer("department_admin", unit=identities.unit(permission_world.market)),
        "officer_elsewhere": identities.officer("department_admin", unit=fire),
        "administrator": identities.officer("platform_admin", unit=fire),
    }


ADMINISTRATORS = {"officer": True, "officer_elsewhere": True, "administrator": True}
OWN = {"officer": True, "administrator": True}
EVERYONE = {"owner": True, "stranger": True, **ADMINISTRATORS}
NOTHING = NeedMatch([])
TABLE = PermissionTable(
    "egov.routing",
    {
        "load_definitions": Row(lambda a, _w: actions.load_definitions(a, folder=EMPTY()), administrator=True),
        "reindex": Row(lambda a, _w: actions.reindex(a, services=["ZZ09"]), **ADMINISTRATORS),
        "add_synonym": Row(
            lambda a, _w: actions.add_synonym(a, language="en", said="pho bar", meant="noodles"), **ADMINISTRATORS
        ),
        "remove_synonym": Row(lambda a, w: actions.remove_synonym(a, synonym_id=w.synonym.pk), **ADMINISTRATORS),
        "save_topic": Row(
            lambda a, _w: actions.save_topic(
                a, key="trial", question={"en": "What?"}, options=[{"text": {"en": "x"}, "codes": ["ZZ09"]}] * 2
            ),
            administrator=True,
        ),
        "remove_topic": Row(lambda a, w: actions.remove_topic(a, key=w.topic.key), administrator=True),
        "add_example": Row(lambda a, _w: actions.add_example(a, target="ZZ09", text="one more trial"), **OWN),
        "remove_example": Row(lambda a, w: actions.remove_example(a, example_id=w.example.pk), **OWN),
        "note_need": Row(lambda a, _w: actions.note_need(a, text="x", region="", match=NOTHING), **EVERYONE),
        "choose_for_need": Row(lambda a, w: actions.choose_for_need(a, need_id=w.need.pk, code="ZZ09"), **EVERYONE),
        "correct_need": Row(
            lambda a, _w: actions.correct_need(a, text="a trial", target="ZZ09"), stranger=True, **ADMINISTRATORS
        ),
        "train_learned": Row(lambda a, _w: actions.train_learned(a, path=EMPTY() / "learned.bin"), administrator=True),
        "forget_needs": Row(lambda a, _w: actions.forget_needs(a)),
        "learn_need": Row(lambda a, w: actions.learn_need(a, need_id=w.need.pk, target="ZZ09"), **OWN),
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()


def EMPTY():  # noqa: N802
    """A folder of definitions that says almost nothing: the shipped one takes half a minute."""
    import tempfile
    from pathlib import Path

    place = Path(tempfile.mkdtemp())
    (place / "topics.yaml").write_text("{}")
    (place / "out_of_scope.yaml").write_text("{}")
    return place


@pytest.mark.django_db
def test_a_shipped_word_is_removed_by_the_platform_only(permission_world, permission_actors):
    with pytest.raises(actions.NotPermitted):
        actions.remove_synonym(permission_actors["officer"], synonym_id=permission_world.shipped.pk)
    actions.remove_synonym(permission_actors["administrator"], synonym_id=permission_world.shipped.pk)
    permission_world.shipped.refresh_from_db()
    assert not permission_world.shipped.active


@pytest.mark.django_db
def test_sentences_for_nothing_are_the_platforms(permission_world, permission_actors):
    with pytest.raises(actions.NotPermitted):
        actions.add_example(permission_actors["officer"], target="none", text="what a lovely day")
    assert actions.add_example(permission_actors["administrator"], target="none", text="what a lovely day")
