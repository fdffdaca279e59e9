"""The lexicon as it is shipped: concepts, what people say for them, examples, topics, what is not for us."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from egov.kernel.definitions import digest, read_yaml
from egov.kernel.text import LocalisedText
from egov.routing.models import Language
from egov.routing.rules.text import DEFINITIONS

NONE = "none"
TOPIC = "topic:"
_LANGUAGES = {"zh": Language.CHINESE, "en": Language.ENGLISH}


@dataclass(frozen=True)
class TopicFile:
    key: str
    question: LocalisedText
    options: list[dict[str, Any]]
    digest: str


@dataclass
class Definitions:
    """``synonyms``: language, said, key of the concept. ``examples``: target, language, text. ``near_misses``: target
    that the words sound like, target that they belong to, text; they stand among the examples of the latter."""

    concepts: dict[str, LocalisedText] = field(default_factory=dict)
    synonyms: list[tuple[str, str, str]] = field(default_factory=list)
    examples: list[tuple[str, str, str]] = field(default_factory=list)
    near_misses: list[tuple[str, str, str]] = field(default_factory=list)
    topics: list[TopicFile] = field(default_factory=list)


def read_definitions(folder: Path = DEFINITIONS) -> Definitions:
    """Everything under ``folder``; repeated lines count once."""
    found = Definitions()
    for path in sorted((folder / "concepts").glob("*.yaml")):
        for key, row in read_yaml(path).items():
            found.concepts[key] = row["name"]
            found.synonyms += [(Language.CHINESE, said, key) for said in str(row["zh"]).split()]
            found.synonyms += [(Language.ENGLISH, said, key) for said in _listed(row["en"])]
    for path in sorted((folder / "examples").glob("*.yaml")):
        for target, row in read_yaml(path).items():
            found.examples += _sentences(target, row)
            for owner, sentences in row.get("near", {}).items():
                near = list(_sentences(owner, sentences))
                found.examples += near
                found.near_misses += [(target, owner, text) for _owner, _language, text in near]
    for key, row in read_yaml(folder / "topics.yaml").items():
        options = [{"text": option["label"], "codes": option["codes"]} for option in row["options"]]
        found.topics.append(TopicFile(key, row["question"], options, digest([row["question"], options])))
        found.examples += [(f"{TOPIC}{key}", Language.CHINESE, said) for said in str(row["zh"]).split()]
        found.examples += [(f"{TOPIC}{key}", Language.ENGLISH, said) for said in _listed(row["en"])]
    found.examples += _sentences(NONE, read_yaml(folder / "out_of_scope.yaml"))
    found.synonyms = list(dict.fromkeys(found.synonyms))
    found.examples = list(
        {(target, text): (target, language, text) for target, language, text in found.examples}.values()
    )
    return found


def _listed(value: object) -> list[str]:
    return [part.strip() for part in str(value).split(",") if part.strip()]


def _sentences(target: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for short, language in _LANGUAGES.items():
        for line in row.get(short, "").splitlines():
            if line.strip():
                yield target, language, line.strip()
