"""The gold set keeps its own rules, and what is scored does not stand in the lexicon."""

import csv
import re
from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest
import yaml

import egov.catalogue
import egov.routing
from egov.routing import files

GOLD = Path(egov.routing.__file__).parent / "evaluation" / "needs.csv"
ROOT = Path(egov.routing.__file__).parents[2]
EVENTS = Path(egov.catalogue.__file__).parent / "definitions" / "events"
RUN = 5
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_ENGLISH = re.compile(r"[a-z0-9']+")


def bare(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def runs(text: str) -> set[object]:
    """Five Chinese characters in a row, five English words in a row."""
    words = _ENGLISH.findall(text.lower().replace("’", "'"))
    characters = {part[i : i + RUN] for part in _CHINESE.findall(text) for i in range(len(part) - RUN + 1)}
    return {*characters, *(tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1))}


@pytest.fixture(scope="module")
def needs():
    with GOLD.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def definitions():
    return files.read_definitions()


@pytest.fixture(scope="module")
def services():
    found = {}
    for path in chain(*(ROOT.glob(f"{mode}/*/services/*.yaml") for mode in ("g2b", "g2c", "g2e", "g2g"))):
        found[path.stem] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def named(services):
    """All that the catalogue names and the index reads."""
    return [*services.values(), *(yaml.safe_load(path.read_text(encoding="utf-8")) for path in EVENTS.glob("*.yaml"))]


@pytest.fixture(scope="module")
def official(named):
    """Runs of the names that the catalogue itself uses: of services, events, departments."""
    texts = [text for each in named for field in ("name", "department_name") for text in each.get(field, {}).values()]
    return set().union(*map(runs, texts))


def test_at_least_a_thousand_needs_in_both_languages(needs):
    assert len(needs) >= 1000
    assert {"zh", "en", "mixed"} == {need["lang"] for need in needs}
    for language, least in (("zh", 300), ("en", 200)):
        for half in ("tune", "frozen"):
            assert sum(need["lang"] == language and need["split"] == half for need in needs) >= least


def test_nothing_stands_twice(needs):
    assert len({need["id"] for need in needs}) == len(needs)
    assert len({need["text"].lower() for need in needs}) == len(needs)


def test_a_situation_is_in_one_half_only(needs):
    halves = defaultdict(set)
    for need in needs:
        halves[need["situation"]].add(need["split"])
    assert not {situation for situation, split in halves.items() if len(split) > 1}


def test_labels_name_what_the_catalogue_holds(needs, services):
    known = {*services, *(path.stem for path in EVENTS.glob("*.yaml")), "ask", "abstain"}
    assert {code for need in needs for code in re.split(r"[/;]", need["expected"])} <= known


def test_every_service_is_asked_for_in_the_gold_set(needs, services):
    labels = {code for need in needs for code in re.split(r"[/;]", need["expected"])}
    assert set(services) - labels == set()


def phrases(each):
    """What people say according to the definition of a service or event itself, and what it is asked."""
    rows = [each.get("needs", {}), *(row.get("question", {}) for row in each.get("faq", ()))]
    for said in chain(*(row.values() for row in rows)):
        yield from [said] if isinstance(said, str) else said


def test_the_lexicon_says_nothing_of_the_frozen_half(needs, definitions, named, official):
    """Neither a frozen sentence nor five characters (or words) in a row of one, beyond official names."""
    frozen = [need["text"] for need in needs if need["split"] == "frozen"]
    taken = set().union(*map(runs, frozen)) - official
    whole = {bare(text) for text in frozen} - {""}
    sentences = [text for _target, _language, text in definitions.examples]
    sentences += chain(*map(phrases, named))
    surfaces = [said for _language, said, _concept in definitions.synonyms]
    assert [text for text in sentences if bare(text) in whole] == []
    assert [text for text in [*sentences, *surfaces] if runs(text) & taken] == []


def test_examples_are_not_the_gold_set(needs, definitions):
    gold = {bare(need["text"]) for need in needs} - {""}
    assert [text for _target, _language, text in definitions.examples if bare(text) in gold] == []


@pytest.mark.parametrize(("language", "least"), [("zh-Hans", 39), ("en", 19)])
def test_every_service_has_examples_enough(definitions, services, language, least):
    """Beside these stand the two or more phrases of the service itself (``needs``): at least 40 and 20 together."""
    counts = dict.fromkeys(services, 0)
    for target, spoken, _text in definitions.examples:
        if spoken == language and target in counts:
            counts[target] += 1
    for code, service in services.items():
        said = service.get("needs", {}).get(language, [])
        counts[code] += len([said] if isinstance(said, str) else said)
    assert {code: count for code, count in counts.items() if count <= least} == {}
