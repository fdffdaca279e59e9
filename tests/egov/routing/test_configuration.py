"""What administrators made of the lexicon, taken out of one instance and brought into another."""

import pytest
from django.utils import translation

from egov.kernel.actor import SYSTEM
from egov.kernel.configuration import Entry, Outcome
from egov.kernel.definitions import digest
from egov.routing import configuration
from egov.routing.models import Example, Origin, Synonym, Topic

pytestmark = pytest.mark.django_db

QUESTION = {"zh-Hans": "哪一种？", "en": "Which one?"}
OTHER = {"zh-Hans": "您要办哪一种？", "en": "Which of them do you need?"}
OPTIONS = [{"text": QUESTION, "codes": ["CL02"]}, {"text": OTHER, "codes": ["CL04"]}]


def topic(key, question=QUESTION, *, shipped=QUESTION):
    return Topic.objects.create(
        key=key, question=question, options=OPTIONS, loaded_hash=digest([shipped, OPTIONS]) if shipped else ""
    )


@pytest.fixture
def lexicon():
    """One of each: shipped, shipped and switched off, added; a topic as shipped and one written anew."""
    Synonym.objects.create(language="en", said="pho", meant="noodles", origin=Origin.FILE)
    Synonym.objects.create(language="en", said="slop", meant="noodles", origin=Origin.FILE, active=False)
    Synonym.objects.create(language="en", said="ramen", meant="noodles")
    Example.objects.create(target="CL02", language="en", text="my card is gone")
    topic("card")
    topic("house", OTHER)


def test_only_what_was_changed_here_goes_out(lexicon):
    found = configuration.export()
    assert [row["said"] for row in found["synonyms"]] == ["ramen"]
    assert [row["said"] for row in found["synonyms_off"]] == ["slop"]
    assert [row["text"] for row in found["examples"]] == ["my card is gone"]
    assert [row["key"] for row in found["topics"]] == ["house"]
    assert configuration.load(SYSTEM, found) == []


def test_an_instance_as_it_was_shipped_becomes_the_same(lexicon):
    taken = configuration.export()
    Synonym.objects.exclude(origin=Origin.FILE).delete()
    Synonym.objects.update(active=True)
    Example.objects.all().delete()
    Topic.objects.filter(key="house").update(question=QUESTION)
    with translation.override("en"):
        brought = configuration.load(SYSTEM, taken)
    assert brought == [
        Entry("en → ramen → noodles", Outcome.ADDED),
        Entry("en → slop → noodles", Outcome.CHANGED, "switched off"),
        Entry("CL02 → en → my card is gone", Outcome.ADDED),
        Entry("house", Outcome.CHANGED),
    ]
    assert configuration.export() == taken


def test_a_topic_written_anew_here_is_kept(lexicon):
    taken = configuration.export()
    Topic.objects.filter(key="house").update(question={"zh-Hans": "房子？", "en": "A house?"})
    assert configuration.load(SYSTEM, taken) == [Entry("house", Outcome.KEPT)]
