"""The lexicon that needs are understood with, and the index made from it and from the catalogue."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Manager, Q
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event, PublicService, ServiceVersion, VersionState
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.definitions import digest
from egov.kernel.errors import DefinitionChanged, InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.routing import files, memory
from egov.routing.models import Concept, Example, Language, Need, Origin, SearchEntry, Synonym, Topic
from egov.routing.queries import NeedMatch, language_of
from egov.routing.rules import learned, scope
from egov.routing.rules import text as texts
from egov.routing.rules.index import features_of

PLATFORM = "platform_admin"
EDITORS = frozenset({PLATFORM, "department_admin"})
# How much a text of this kind counts beside what people say.
WEIGHTS = {"name": 1.0, "need": 1.0, "example": 1.0, "question": 0.7, "summary": 0.5, "output": 0.4, "department": 0.3}
MAX_NEED = 500
KEPT = dt.timedelta(days=180)  # what somebody said, when nobody learns from it
_NUMBERS = re.compile(r"\d{5,}")


@dataclass
class LoadReport:
    """How many rows came and went."""

    added: int = 0
    removed: int = 0
    changed: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@transaction.atomic
def load_definitions(actor: Actor, *, folder: Path = texts.DEFINITIONS) -> LoadReport:
    """Bring the shipped lexicon into the database and index it. Loading twice changes nothing.

    Rows that an administrator added stay; shipped rows that one switched off stay off; a topic that one changed is
    kept. For platform administrators. Raises ``NotPermitted``.
    """
    _may_edit(actor, {PLATFORM})
    found = files.read_definitions(folder)
    report = LoadReport()
    _load_concepts(found.concepts, report)
    _load_rows(Synonym, ("language", "said", "meant"), found.synonyms, report)
    _load_rows(Example, ("target", "language", "text"), found.examples, report)
    _load_topics(found.topics, report)
    if report.anything:
        journal.record(actor, "routing.load", Ref("lexicon", "shipped"), content=[report.added, report.removed])
        reindex(actor)
    return report


def _load_concepts(found: dict[str, dict[str, str]], report: LoadReport) -> None:
    present = {row.key: row for row in Concept.objects.all()}
    new = [Concept(key=key, name=name) for key, name in found.items() if key not in present]
    changed = [row for key, row in present.items() if key in found and row.name != found[key]]
    for row in changed:
        row.name = found[row.key]
    Concept.objects.bulk_create(new, batch_size=1000)
    Concept.objects.bulk_update(changed, ["name"])
    gone, _rows = Concept.objects.filter(key__in=present.keys() - found.keys()).delete()
    report.added += len(new)
    report.changed += len(changed)
    report.removed += gone


def _load_rows(
    model: type[Synonym] | type[Example],
    columns: tuple[str, str, str],
    found: Iterable[tuple[str, ...]],
    report: LoadReport,
) -> None:
    wanted = set(found)
    present = {row[1:]: row[0] for row in model.objects.values_list("pk", *columns)}
    shipped = set(model.objects.filter(origin=Origin.FILE, active=True).values_list(*columns))
    new = [model(origin=Origin.FILE, **dict(zip(columns, row, strict=True))) for row in sorted(wanted - present.keys())]
    # Unique without the language for examples: the same words in two languages are one row.
    rows: Manager[Any] = model.objects
    made = rows.bulk_create(new, batch_size=2000, ignore_conflicts=True)
    gone = [present[row] for row in shipped - wanted]
    model.objects.filter(pk__in=gone).delete()
    report.added += len(made)
    report.removed += len(gone)


def _load_topics(found: Iterable[files.TopicFile], report: LoadReport) -> None:
    present = {row.key: row for row in Topic.objects.all()}
    for file in found:
        row = present.get(file.key)
        if row is None:
            Topic.objects.create(key=file.key, question=file.question, options=file.options, loaded_hash=file.digest)
            report.added += 1
        elif row.loaded_hash != file.digest and row.loaded_hash == digest([row.question, row.options]):
            row.question, row.options, row.loaded_hash = file.question, file.options, file.digest
            row.save()
            report.changed += 1


@transaction.atomic
def reindex(actor: Actor, *, services: Collection[str] | None = None) -> int:
    """Make the search entries of ``services`` (codes of services and events), or of everything; returns how many.

    Raises ``NotPermitted``.
    """
    _may_edit(actor)
    return _reindex(services)


def _reindex(services: Collection[str] | None) -> int:
    memory.kept.moved()  # first, so that two runs follow each other
    lexicon, _labels, _expansions = memory.read_lexicon()
    rows = SearchEntry.objects.all()
    if services is not None:
        rows = rows.filter(target__in=services)
    rows.delete()
    entries = [*_catalogue_entries(services), *_example_entries(services)]
    for entry in entries:
        said = features_of(texts.normalise(entry.text), lexicon, exact=True)
        entry.features = " ".join(said.weights)
        entry.words = " ".join(feature[2:] for feature in said.weights if feature[0] == "w")
    SearchEntry.objects.bulk_create((entry for entry in entries if entry.features), batch_size=2000)
    return len(entries)


# What the learned model is trained on; summaries and departments would only blur it.
LEARNED_FROM = ("name", "need", "example", "question")


def train_learned(actor: Actor, *, path: Path) -> tuple[learned.Learned, int]:
    """Train the model on the index of now and write it to ``path``; returns it and how many sentences it read.

    Only names and reviewed sentences are read, never the gold set; imported items are left to the index. The same
    sentences give the same bytes, however the database sorts. For platform administrators. Raises ``NotPermitted``.
    """
    _may_edit(actor, {"platform_admin"})
    imported = PublicService.objects.exclude(source="house").values("code")
    rows = SearchEntry.objects.filter(kind__in=LEARNED_FROM).exclude(target__in=imported)
    read = sorted(rows.values_list("target", "language", "text", "features"))
    said = [(target, texts.normalise(text)) for target, _language, text, _features in read]
    model = replace(
        learned.train((target, features.split(" ")) for target, _language, _text, features in read),
        scope=scope.train(
            (text for target, text in said if target != files.NONE),
            (text for target, text in said if target == files.NONE),
        ),
    )
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(model.to_bytes())
    unfinished.replace(path)
    return model, len(read)


def _catalogue_entries(codes: Collection[str] | None) -> Iterator[SearchEntry]:
    versions = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__enabled=True)
    events = Event.objects.filter(withdrawn_at__isnull=True)
    if codes is not None:
        versions = versions.filter(service__code__in=codes)
        events = events.filter(code__in=codes)
    columns = ("service_id", "service__code", "service__source", "name", "needs", "summary")
    for pk, code, source, name, needs, summary, department, outputs, faq in versions.values_list(
        *columns, "department_name", "outputs", "faq"
    ).order_by("pk"):
        texts_by_kind = {"name": [name], "need": [needs]}
        if source == "house":  # of imported items the name says it all; the rest would only blur
            texts_by_kind |= {"summary": [summary], "department": [department]}
            texts_by_kind["output"] = [output.get("name", {}) for output in outputs]
            texts_by_kind["question"] = [row.get("question", {}) for row in faq]
        for entry in _entries(code, texts_by_kind):
            entry.service_id = pk
            yield entry
    for event in events:
        for entry in _entries(event.code, {"name": [event.name], "need": [event.needs], "summary": [event.summary]}):
            entry.event = event
            yield entry


def _entries(target: str, texts_by_kind: dict[str, list[dict[str, str | list[str]]]]) -> Iterator[SearchEntry]:
    seen = set()
    for kind, localised in texts_by_kind.items():
        for text in localised:
            for language, said in text.items():
                for sentence in [said] if isinstance(said, str) else said:
                    if sentence and sentence not in seen:
                        seen.add(sentence)
                        yield SearchEntry(
                            target=target, language=language, kind=kind, text=sentence, weight=WEIGHTS[kind]
                        )


def _example_entries(codes: Collection[str] | None) -> Iterator[SearchEntry]:
    examples = Example.objects.filter(active=True).order_by("pk")
    if codes is not None:
        examples = examples.filter(target__in=codes)
    services = dict(PublicService.objects.filter(enabled=True).values_list("code", "pk"))
    events = dict(Event.objects.filter(withdrawn_at__isnull=True).values_list("code", "pk"))
    for target, language, text in examples.values_list("target", "language", "text"):
        if target in services or target in events or target == files.NONE or target.startswith(files.TOPIC):
            yield SearchEntry(
                target=target,
                service_id=services.get(target),
                event_id=events.get(target),
                language=language,
                kind="example",
                text=text,
                weight=WEIGHTS["example"],
            )


@transaction.atomic
def add_synonym(actor: Actor, *, language: str, said: str, meant: str) -> Synonym:
    """Words people say for a concept (by key or name) or for other words. In force at once, indexed in the background.

    For administrators. Raises ``NotPermitted``, ``InvalidInput`` when it is empty or known already.
    """
    _may_edit(actor)
    said, meant = said.strip(), _concept_named(meant.strip())
    if not texts.parts(texts.normalise(said)):
        raise InvalidInput.at("said", "empty", _("Write the words that people say."))
    row = Synonym.objects.filter(language=language, said=said, meant=meant).first()
    if row is not None and row.active:
        raise InvalidInput.at("said", "known", _("This word is known already."))
    if row is not None:
        row.active = True
        row.save(update_fields=["active"])
    else:
        row = Synonym.objects.create(language=language, said=said, meant=meant)
    journal.record(actor, "routing.add_synonym", Ref("synonym", str(row.pk)), content=[language, said, meant])
    _lexicon_moved()
    return row


@transaction.atomic
def remove_synonym(actor: Actor, *, synonym_id: int) -> None:
    """For administrators; a shipped word, which all departments rely on, only for those of the platform.

    A shipped word is switched off, so that it stays away. Raises ``NotPermitted``, ``NotFound``.
    """
    _may_edit(actor)
    if _remove(Synonym, synonym_id).origin == Origin.FILE:
        _may_edit(actor, {PLATFORM})
    journal.record(actor, "routing.remove_synonym", Ref("synonym", str(synonym_id)))
    _lexicon_moved()


@transaction.atomic
def add_example(actor: Actor, *, target: str, text: str, origin: Origin = Origin.CONSOLE) -> Example:
    """A sentence people say for a service or an event (code), a topic ("topic:loan") or for nothing ("none").

    For whoever may configure the service; for events, topics and nothing only for the platform's administrators.
    Raises ``NotPermitted``, ``InvalidInput`` when there is no such target or it is known already.
    """
    _must_exist(target)
    _may_edit_target(actor, target)
    said = text.strip()[: Example._meta.get_field("text").max_length]
    if not texts.parts(texts.normalise(said)):
        raise InvalidInput.at("text", "empty", _("Write the words that people say."))
    language = language_of(said)
    try:
        with transaction.atomic():
            row = Example.objects.create(target=target, language=language, text=said, origin=origin)
    except IntegrityError as error:
        raise InvalidInput.at("text", "known", _("This sentence is known already.")) from error
    journal.record(actor, "routing.add_example", Ref("example", str(row.pk)), content=[target, said])
    _reindex([target])
    return row


@transaction.atomic
def remove_example(actor: Actor, *, example_id: int) -> None:
    """For whoever may add one. A shipped sentence is switched off. Raises ``NotPermitted``, ``NotFound``."""
    target = _remove(Example, example_id).target
    _may_edit_target(actor, target)
    journal.record(actor, "routing.remove_example", Ref("example", str(example_id)))
    _reindex([target])


@transaction.atomic
def save_topic(
    actor: Actor, *, key: str, question: LocalisedText, options: Sequence[Mapping[str, Any]], was: str = ""
) -> Topic:
    """A topic, new or written anew: the question that is asked back, and two to four answers with their codes.

    ``was``: the digest of what was read (``topic_digest``), "" for a new one. For the platform's administrators. Raises
    ``NotPermitted``, ``InvalidInput``, ``DefinitionChanged``.
    """
    _may_edit(actor, {PLATFORM})
    row = Topic.objects.select_for_update().filter(key=key).first()
    if row is not None and not was:
        raise InvalidInput.at("key", "taken", _("There is a topic with this key."))
    if (topic_digest(row) if row else "") != was:
        raise DefinitionChanged(None)
    _check_topic(key, options)
    values = {"question": question, "options": [dict(each) for each in options]}
    saved, _new = Topic.objects.update_or_create(key=key, defaults=values)
    journal.record(actor, "routing.save_topic", Ref("topic", key), content=[question, values["options"]])
    _lexicon_moved()
    return saved


@transaction.atomic
def remove_topic(actor: Actor, *, key: str) -> None:
    """A topic that was added by people, with its sentences. One that is shipped stays. Raises ``NotPermitted``,
    ``NotFound``, ``TransitionNotAllowed``."""
    _may_edit(actor, {PLATFORM})
    row = Topic.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound()
    if row.loaded_hash:
        raise TransitionNotAllowed(_("This topic is shipped with the product; change its question instead."))
    Example.objects.filter(target=f"{files.TOPIC}{key}").delete()
    row.delete()
    journal.record(actor, "routing.remove_topic", Ref("topic", key))
    _reindex([f"{files.TOPIC}{key}"])
    _lexicon_moved()


def topic_digest(row: Topic) -> str:
    """By what a page tells that the topic is still as it was read."""
    return digest([row.question, row.options])


def _check_topic(key: str, options: Sequence[Mapping[str, Any]]) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key):
        raise InvalidInput.at("key", "invalid", _("A key has small letters, digits and underscores."))
    if not 2 <= len(options) <= 4:
        raise InvalidInput.at("options", "count", _("Give two to four answers."))
    wanted = {str(code) for option in options for code in option["codes"]}
    known = set(PublicService.objects.filter(code__in=wanted).values_list("code", flat=True))
    known |= set(Event.objects.filter(code__in=wanted).values_list("code", flat=True))
    if missing := sorted(wanted - known):
        message = _("There is no such service or event: %(codes)s.") % {"codes": ", ".join(missing)}
        raise InvalidInput.at("options", "unknown", message)


def without_numbers(text: str) -> str:
    """What is kept of words that somebody said: the first 500 characters, long numbers cut out of them."""
    return _NUMBERS.sub("…", text.strip()[:MAX_NEED])


def note_need(actor: Actor, *, text: str, region: str, match: NeedMatch) -> Need:
    """Keep what was said and offered, without the person and without long numbers, to learn from. Anyone may."""
    return Need.objects.create(
        text=without_numbers(text),
        language=language_of(text),
        region=region,
        offered=[{"kind": each.kind, "code": each.code, "score": each.score} for each in match.candidates],
        asked_back=match.question is not None,
        at=clock.now(),
    )


def forget_needs(actor: Actor) -> int:
    """Drop what was said longer ago than ``KEPT``, unless an officer's word on it still waits for review; how many.

    For the platform itself. Raises ``NotPermitted``.
    """
    if not actor.is_system:
        raise NotPermitted()
    waiting = Q(corrected=True, learned=False)
    gone, _details = Need.objects.filter(at__lt=clock.now() - KEPT).exclude(waiting).delete()
    return gone


def choose_for_need(actor: Actor, *, need_id: int, code: str) -> None:
    """The person went on with one of what was offered. Anyone may, once. Raises ``NotFound``."""
    if not Need.objects.filter(pk=need_id, chosen="", offered__contains=[{"code": code}]).update(chosen=code):
        raise NotFound()


@transaction.atomic
def correct_need(actor: Actor, *, text: str, target: str, language: str = "", region: str = "") -> Need:
    """An officer says what somebody at the counter had meant by ``text``; it waits for review, once. For staff.

    ``language``: of the words, "" when they are to tell it themselves.
    Raises ``NotPermitted``, ``InvalidInput`` when nothing was said or there is no such service or event.
    """
    if not (actor.is_system or actor.is_staff):
        raise NotPermitted()
    _must_exist(target)
    if not texts.parts(texts.normalise(text)):
        raise InvalidInput.at("text", "empty", _("Write the words that people say."))
    need, _new = Need.objects.get_or_create(
        text=without_numbers(text),
        chosen=target,
        corrected=True,
        learned=False,
        defaults={"language": language or language_of(text), "region": region, "at": clock.now()},
    )
    journal.record(actor, "routing.correct_need", Ref("need", str(need.pk)), content=target)
    return need


@transaction.atomic
def learn_need(actor: Actor, *, need_id: int, target: str) -> Example | None:
    """Take what somebody said as an example of ``target``, or set it aside when ``target`` is "".

    For whoever may add an example of the target; setting aside for whoever may add one of what was chosen or meant.
    Raises ``NotPermitted``, ``NotFound``, ``InvalidInput`` when the sentence is known already.
    """
    need = Need.objects.select_for_update(of=("self",)).filter(pk=need_id, learned=False).first()
    if need is None:
        raise NotFound()
    need.learned = True
    need.save(update_fields=["learned"])
    if target:
        return add_example(actor, target=target, text=need.text, origin=Origin.LEARNED)
    _may_edit_target(actor, need.chosen)
    journal.record(actor, "routing.set_need_aside", Ref("need", str(need_id)))
    return None


def _may_edit(actor: Actor, roles: Collection[str] = EDITORS) -> None:
    if not (actor.is_system or (actor.is_staff and actor.roles & set(roles))):
        raise NotPermitted()


def _may_edit_target(actor: Actor, target: str) -> None:
    """Sentences of a service belong to whoever configures it; those that draw many services together to all."""
    if actor.is_system:
        return
    service = PublicService.objects.filter(code=target).first()
    if service is None:
        _may_edit(actor, {PLATFORM})
    elif not catalogue.may_configure(actor, service):
        raise NotPermitted()


def _concept_named(meant: str) -> str:
    """The key of the concept that has this key or name in a language, else the words as they are."""
    if not meant:
        raise InvalidInput.at("meant", "empty", _("Write what the catalogue calls it."))
    by_name = Concept.objects.filter(key=meant) | Concept.objects.filter(name__contains={Language.CHINESE: meant})
    found = by_name | Concept.objects.filter(name__contains={Language.ENGLISH: meant})
    key: str = found.values_list("key", flat=True).first() or meant
    return key


def _must_exist(target: str) -> None:
    known = (
        target == files.NONE
        or PublicService.objects.filter(code=target).exists()
        or Event.objects.filter(code=target).exists()
        or Topic.objects.filter(key=target.removeprefix(files.TOPIC)).exists()
    )
    if not known:
        raise InvalidInput.at("target", "unknown", _("There is no such service, event or topic."))


Said = TypeVar("Said", Synonym, Example)


def _remove(model: type[Said], pk: int) -> Said:
    row = model.objects.select_for_update(of=("self",)).filter(pk=pk, active=True).first()
    if row is None:
        raise NotFound()
    if row.origin == Origin.FILE:
        row.active = False
        row.save(update_fields=["active"])
    else:
        row.delete()
    return row


def _lexicon_moved() -> None:
    """What is said is understood anew at once; sentences of the index are read again by the worker."""
    memory.kept.moved()
    transaction.on_commit(_ask_to_reindex, robust=True)


def _ask_to_reindex() -> None:
    current_app.send_task("routing.reindex", queue="bulk", retry=False, ignore_result=True)
