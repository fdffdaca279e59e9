"""The index each process keeps, built from rows and renewed when the stamp of the lexicon or the catalogue moves.

A process that has an index goes on with it while a new one is built in the background: nobody waits for that. The
first index of a process is built by whoever asks first, or by ``warm`` at its start.
"""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, connections
from django.db.models import BooleanField, ExpressionWrapper

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event, ServiceVersion, VersionState
from egov.kernel.memory import Kept
from egov.kernel.text import LocalisedText
from egov.routing.files import NONE, TOPIC
from egov.routing.models import Concept, Language, SearchEntry, Synonym, Topic
from egov.routing.rules import text as texts
from egov.routing.rules.index import Index, Spelling, Target, features_of
from egov.routing.rules.learned import Learned
from egov.routing.rules.lexicon import Lexicon, english_words

logger = structlog.get_logger(__name__)

kept = Kept("routing")
SHIPPED_MODEL = texts.DEFINITIONS / "learned.bin"
FREE = "said:"  # a synonym whose meaning is free words, not a concept

_lock = threading.Lock()
_building = threading.Lock()
_current: tuple[object, "Known"] | None = None


class Known:
    """What one version of the lexicon and the catalogue makes of needs."""

    def __init__(self) -> None:
        self.labels: dict[str, LocalisedText]
        self.lexicon, self.labels, expansions = read_lexicon()
        self.titles: dict[str, LocalisedText] = {}
        self.topics = {topic.key: topic for topic in Topic.objects.all()}
        targets = self._targets()
        words = self.lexicon.english_vocabulary()
        english = SearchEntry.objects.filter(language=Language.ENGLISH).values_list("text", flat=True)
        for text in english.iterator(chunk_size=2000):
            words.update(word for word in english_words(texts.normalise(text)) if word.isalpha())
        rows = SearchEntry.objects.order_by("target", "pk").values_list("target", "features", "weight")
        self.index = Index.build(
            targets,
            ((target, features.split(" "), weight) for target, features, weight in rows.iterator(chunk_size=2000)),
            lexicon=self.lexicon,
            spelling=Spelling(words),
            expansions=expansions,
            learned=read_learned(),
        )

    def _targets(self) -> list[Target]:
        targets = [Target(f"{TOPIC}{key}", "topic") for key in self.topics]
        targets.append(Target(NONE, "none"))
        for event in Event.objects.filter(withdrawn_at__isnull=True):
            self.titles[event.code] = event.name
            members = tuple(row["service"] for row in event.definition.get("members", ()))
            targets.append(Target(event.code, "event", frozenset({_EVENT_AUDIENCES[event.kind]}), members=members))
        for code, name, audience, reach, region, source, fileable in published_services():
            self.titles[code] = name
            targets.append(
                Target(
                    code,
                    "service",
                    frozenset(audience),
                    region=region or "",
                    reach=reach or "",
                    imported=source != "house",
                    fileable=fileable,
                )
            )
        return targets


_EVENT_AUDIENCES = {"life": "person", "business": "enterprise", "internal": "staff"}


def published_services() -> Iterable[tuple[Any, ...]]:
    """What the index needs of each enabled service: code, name, audience, reach, region, source, can be filed."""
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__enabled=True)
    rows = rows.annotate(can_file=ExpressionWrapper(catalogue.FILEABLE, output_field=BooleanField()))
    return rows.order_by("service__code").values_list(
        "service__code",
        "name",
        "audience",
        "channel__cross_region",
        "service__region_id",
        "service__source",
        "can_file",
    )


def read_lexicon() -> tuple[Lexicon, dict[str, LocalisedText], dict[str, dict[str, float]]]:
    """The lexicon, the names of its concepts, and for free synonyms the features of what they mean."""
    labels: dict[str, LocalisedText] = dict(Concept.objects.values_list("key", "name"))
    rows, free = [], {}
    for language, said, meant in Synonym.objects.filter(active=True).values_list("language", "said", "meant"):
        key = meant
        if meant not in labels:
            key = f"{FREE}{meant}"
            free[key] = meant
        rows.append((language, said, key))
    lexicon = Lexicon.build(rows)
    expansions = {key: features_of(texts.normalise(meant), lexicon, exact=True).weights for key, meant in free.items()}
    return lexicon, {**labels, **{key: {"zh-Hans": meant, "en": meant} for key, meant in free.items()}}, expansions


def learned_path() -> Path:
    """Where the model in use stands: the instance's own, or the shipped one."""
    return Path(settings.EGOV_ROUTING_MODEL) if settings.EGOV_ROUTING_MODEL else SHIPPED_MODEL


def read_learned() -> Learned | None:
    """The learned model, or None when it is switched off. Without it, rules and search go on alone."""
    if not settings.EGOV_ROUTING_LEARNED:
        return None
    try:
        return Learned.from_bytes(learned_path().read_bytes())
    except (OSError, ValueError) as error:
        logger.warning("routing_model_unusable", path=str(learned_path()), error=repr(error))
        return None


def known() -> Known:
    """The index to use now. Inside a transaction that changed the lexicon: one that sees the change."""
    global _current
    wanted = (kept.get("token", object), catalogue.kept.get("routing", object))
    held = _current
    if held is not None and held[0] == wanted:
        return held[1]
    if held is None or connection.in_atomic_block:
        with _lock:
            held = _current
            if held is None or held[0] != wanted:
                held = _current = (wanted, Known())
        return held[1]
    if _building.acquire(blocking=False):
        threading.Thread(target=_renew, args=(wanted,), name="routing-index", daemon=True).start()
    return held[1]


def _renew(wanted: object) -> None:
    global _current
    try:
        _current = (wanted, Known())
    except Exception as error:  # the old index goes on; the next request tries again
        logger.warning("routing_index_failed", error=repr(error))
    finally:
        _building.release()
        connections.close_all()


def warm() -> None:
    """Build the index before the first request."""
    known()


def forget() -> None:
    """For tests and measurements: the next need builds the index anew."""
    global _current
    _current = None
