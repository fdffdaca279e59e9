"""What a version in work would have changed: the engine in force, run over stored answers. Private to this room.

Nothing is written but the result: no case changes, nothing is told, no register is read. A result names cases by their
number and says which question, step or service is concerned, never what was answered.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from egov.casework import queries as casework
from egov.casework.models import Case, CaseFile
from egov.catalogue import queries as catalogue
from egov.catalogue.models import EventVersion, ServiceVersion
from egov.intake import rules
from egov.intake.models import Draft, Replay
from egov.intake.queries.drafts import form_for, known_codes
from egov.intake.rules import Form
from egov.kernel import clock
from egov.kernel.text import LocalisedText, localise
from egov.routing import queries as routing
from egov.routing.queries import Why
from egov.work import queries as work

logger = structlog.get_logger(__name__)

MOST = 1000  # cases, the newest first
SHOWN = 200  # cases that a result names
CHUNK = 50
LOST = dt.timedelta(minutes=3)  # silence after which a worker counts as lost and the replay begins anew
LANGUAGES = ("zh-Hans", "en")


@dataclass(frozen=True)
class Reason:
    """``kind`` is counted; ``text`` is read."""

    kind: str
    text: LocalisedText


@dataclass(frozen=True)
class Outcome:
    """What an engine makes of one case."""

    faults: Mapping[tuple[str, str], LocalisedText] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    verdict: str = ""
    fee: Decimal = Decimal(0)


def run_waiting() -> int:
    """Run every replay that waits, oldest first; how many cases were run again."""
    count = 0
    for pk in Replay.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True):
        count += _run(pk)
    return count


def _run(pk: int) -> int:
    with transaction.atomic():
        rows = Replay.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, finished_at=None)
        row = rows.filter(Q(beat_at=None) | Q(beat_at__lt=clock.now() - LOST)).first()
        if row is None:
            return 0
        row.total, row.done, row.differing = _total(row), 0, 0
        row.beat_at = clock.now()
        row.save()
    counts: Counter[str] = Counter()
    told: dict[tuple[str, str], dict[str, Any]] = {}
    cases: list[dict[str, Any]] = []
    try:
        for chunk in _event_chunks(row) if row.of_event else _service_chunks(row):
            for reference, reasons in chunk:
                row.done += 1
                if reasons:
                    row.differing += 1
                    counts.update({reason.kind for reason in reasons})
                    _count(told, reasons)
                    if len(cases) < SHOWN:
                        cases.append({"case": reference, "reasons": [reason.text for reason in reasons]})
            row.counts, row.cases, row.beat_at = dict(counts), cases, clock.now()
            row.reasons = sorted(told.values(), key=lambda each: -each["cases"])[:SHOWN]
            row.save()
    except Exception as error:
        logger.warning("replay_failed", replay=pk, error=str(error))
        row.failed = str(error)[:300] or type(error).__name__
    row.finished_at = clock.now()
    row.save()
    return row.done


def _count(told: dict[tuple[str, str], dict[str, Any]], reasons: Sequence[Reason]) -> None:
    """One case more for each of its reasons, told apart by their words."""
    for kind, words in {(reason.kind, reason.text["en"]): reason for reason in reasons}.items():
        told.setdefault(kind, {"kind": words.kind, "text": words.text, "cases": 0})["cases"] += 1


def _total(row: Replay) -> int:
    rows = _filings(row.subject) if row.of_event else _cases(row.subject)
    return min(rows.count(), MOST)


# --- A service ------------------------------------------------------------------------------------------
Compared = tuple[str, list[Reason]]


def _cases(code: str) -> Any:
    return Case.objects.filter(service__code=code).order_by("-id")


def _service_chunks(row: Replay) -> Iterator[list[Compared]]:
    before, after = catalogue.version(row.before_id), catalogue.version(row.after_id)
    cases = list(_cases(row.subject)[:MOST].values_list("pk", flat=True))
    for start in range(0, len(cases), CHUNK):
        found = list(Case.objects.filter(pk__in=cases[start : start + CHUNK]).order_by("-id"))
        files = _files([case.pk for case in found])
        yield [
            (case.reference, _differences(_outcome(before, case, files), _outcome(after, case, files), before, after))
            for case in found
        ]


def _files(case_ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    """Case → material → what was handed in."""
    found: dict[int, dict[str, list[str]]] = {}
    rows = CaseFile.objects.filter(case__in=case_ids, file__isnull=False)
    for case_id, material, reference in rows.values_list("case_id", "material", "file__reference"):
        found.setdefault(case_id, {}).setdefault(material, []).append(reference)
    return found


def _outcome(version: ServiceVersion, case: Case, files: Mapping[int, Mapping[str, list[str]]]) -> Outcome:
    """Validation by the form on the day it was filed, the way through the plan, the table's word, the fee."""
    form = form_for(version)
    asked = {key: value for key, value in case.answers.items() if key in form.by_key}
    checked = rules.check(
        form,
        asked,
        files=files.get(case.pk, {}),
        known=known_codes(form),
        today=clock.local(case.received_at).date(),
    )
    verdict = casework.verdict_on(version.auto_decision, checked.answers, language=case.language, case=case.reference)
    return Outcome(
        faults={(each.path, each.code): _title(form, each.path) for each in checked.faults},
        steps=work.forward_way(version.plan, checked.answers) if version.plan else (),
        verdict=verdict.outcome if verdict else "",
        fee=rules.price_of(version.fee, form, checked.answers, name=version.name).total,
    )


def _title(form: Form, path: str) -> LocalisedText:
    question = form.question_at(path)
    return question.title if question else {"en": path}


def _differences(before: Outcome, after: Outcome, old: ServiceVersion, new: ServiceVersion) -> list[Reason]:
    reasons = [
        _reason("refused", _missing_words if code == "required" else _refused_words, field=title)
        for (path, code), title in after.faults.items()
        if (path, code) not in before.faults
    ]
    reasons += [
        _reason("accepted", lambda: _("“%(field)s” would be accepted as it was answered"), field=title)
        for place, title in before.faults.items()
        if place not in after.faults
    ]
    reasons += _steps("step_added", after.steps, before.steps, new, lambda: _("the step “%(field)s” would be added"))
    reasons += _steps("step_gone", before.steps, after.steps, old, lambda: _("the step “%(field)s” would be left out"))
    if before.verdict != after.verdict:
        words = {"field": _outcome_words(after.verdict), "before": _outcome_words(before.verdict)}
        reasons.append(_reason("verdict", lambda: _("decided at once: %(field)s instead of %(before)s"), **words))
    if before.fee != after.fee:
        fees = {"field": {"en": f"¥{after.fee:.2f}"}, "before": {"en": f"¥{before.fee:.2f}"}}
        reasons.append(_reason("fee", lambda: _("the fee would be %(field)s instead of %(before)s"), **fees))
    return reasons


def _missing_words() -> str:
    return _("“%(field)s” would have to be answered")


def _refused_words() -> str:
    return _("the answer to “%(field)s” would not be accepted")


def _outcome_words(outcome: str) -> LocalisedText:
    words = {"granted": lambda: _("granted"), "refused": lambda: _("refused"), "": lambda: _("not decided at once")}
    return _in_both(words.get(outcome, lambda: outcome))


def _steps(
    kind: str, here: Sequence[str], there: Sequence[str], version: ServiceVersion, words: Callable[[], str]
) -> list[Reason]:
    titles = {each["key"]: each.get("title") or {"en": each["key"]} for each in (version.plan or {}).get("steps", ())}
    return [_reason(kind, words, field=titles[key]) for key in here if key not in there]


# --- An event -------------------------------------------------------------------------------------------
def _filings(code: str) -> Any:
    """Each matter once: what joined one later was asked for with the same answers."""
    begun = Draft.objects.filter(event=code, submitted_at__isnull=False).exclude(plan={}).exclude(plan__joins__gt="")
    return begun.order_by("-id")


def _event_chunks(row: Replay) -> Iterator[list[Compared]]:
    versions = EventVersion.objects.in_bulk([row.before_id, row.after_id])
    before, after = versions[row.before_id].definition, versions[row.after_id].definition
    codes = {str(each["service"]) for definition in (before, after) for each in definition.get("members", ())}
    names = {code: found.name for code, found in catalogue.published_many(codes).items()}
    filed = list(_filings(row.subject)[:MOST].values_list("reference", "submission__matter", "plan"))
    for start in range(0, len(filed), CHUNK):
        yield [
            (matter or reference, _members_changed(before, after, plan.get("answers", {}), names))
            for reference, matter, plan in filed[start : start + CHUNK]
        ]


def _members_changed(
    before: Mapping[str, Any], after: Mapping[str, Any], answers: Mapping[str, Any], names: Mapping[str, LocalisedText]
) -> list[Reason]:
    """By the answers that were given: which services would come or go, and what would have had to be asked as well."""
    old, new = _why(before, answers), _why(after, answers)
    reasons = []
    for code, why in new.items():
        title = names.get(code, {"en": code})
        if old.get(code) != why and why is Why.APPLIES:
            reasons.append(_reason("service_added", lambda: _("“%(field)s” would be needed"), field=title))
        elif old.get(code) != why and why is Why.OPEN:
            reasons.append(_reason("open", lambda: _("a further question would decide about “%(field)s”"), field=title))
    for code, why in old.items():
        if why is Why.APPLIES and new.get(code) not in (Why.APPLIES, Why.OPEN):
            title = names.get(code, {"en": code})
            reasons.append(_reason("service_gone", lambda: _("“%(field)s” would not be needed"), field=title))
    return reasons


def _why(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Why]:
    return {each.service: each.why for each in routing.members_for(definition, answers)}


# --- Words ----------------------------------------------------------------------------------------------
def _reason(kind: str, words: Callable[[], str], **parts: LocalisedText) -> Reason:
    return Reason(kind, _in_both(lambda: words() % {name: localise(text) for name, text in parts.items()}))


def _in_both(words: Callable[[], str]) -> LocalisedText:
    found = {}
    for language in LANGUAGES:
        with translation.override(language.lower()):
            found[language] = words()
    return found
