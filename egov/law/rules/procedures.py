"""A statutory procedure as a frozen value: limits, correction, extension, remedies, wording and article per act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egov.kernel.text import LocalisedText
from egov.law.rules.citations import Article, read_articles

# Acts that a procedure words and cites. ``redirect`` tells the right organ; ``contest`` opens the remedy.
ACTS = (
    "accept",
    "not_accept",
    "redirect",
    "request_correction",
    "suspend",
    "extend",
    "grant",
    "refuse",
    "deliver",
    "withdraw",
    "terminate",
    "contest",
)
# Acts that a letter of their own tells; delivery and remedy stand in the story of a case only.
LETTERS = tuple(act for act in ACTS if act not in ("deliver", "contest"))
UNITS = frozenset({"wd", "d", "m", "h"})
SILENCE = frozenset({"none", "accepted", "granted", "contestable"})
REMEDIES = frozenset({"reconsideration", "litigation", "review", "complaint", "supervision"})


@dataclass(frozen=True)
class Limit:
    """``limit`` in ``unit``: wd working days, d natural days, m months, h hours."""

    limit: int
    unit: str
    basis: tuple[Article, ...] = ()


@dataclass(frozen=True)
class Correction:
    """The office tells everything missing within ``limit``, at most ``times``; silence may mean acceptance.

    The applicant answers within ``answer_limit``; then ``on_silence`` (withdrawn or terminated) follows.
    """

    limit: int
    unit: str
    times: int
    deemed_accepted: bool
    answer_limit: int
    answer_unit: str
    on_silence: str
    restarts_clock: bool  # the decision limit counts from the corrected application
    basis: tuple[Article, ...] = ()


@dataclass(frozen=True)
class Extension:
    """At most ``times``, by at most ``limit``; approved by a holder of ``approver_role``, reason told."""

    limit: int
    unit: str
    times: int
    approver_role: str
    approver: LocalisedText
    basis: tuple[Article, ...] = ()


@dataclass(frozen=True)
class SpecialProcedure:
    """What stops the clock; ``statutory`` says whether the law itself sets ``max_days``."""

    key: str
    name: LocalisedText
    max_days: int
    unit: str
    statutory: bool
    basis: tuple[Article, ...] = ()


@dataclass(frozen=True)
class Remedy:
    """How a person contests the outcome; ``against`` narrows it (refused, all); ``first``: exhaust this one first."""

    kind: str
    limit: int
    unit: str
    body: LocalisedText
    basis: tuple[Article, ...]
    against: str = "all"
    first: bool = False
    note: LocalisedText = field(default_factory=dict)


@dataclass(frozen=True)
class Silence:
    """What follows when the decision limit passes without a decision."""

    outcome: str
    basis: tuple[Article, ...] = ()


@dataclass(frozen=True)
class ProcedureDefinition:
    """Everything the lifecycle asks the law. ``None`` means: this procedure has no such limit or act.

    ``terms``: the word of an act; ``titles``: the name of the document that tells it; ``wording``: its first sentence.
    ``service_acts``: acts that rest on the law of the service itself (its ``legal_basis``), besides ``articles``.
    """

    key: str
    version: int
    name: LocalisedText
    acceptance_limit: Limit | None
    correction: Correction | None
    decision: Limit | None
    extension: Extension | None
    delivery: Limit | None
    special_procedures: tuple[SpecialProcedure, ...]
    remedies: tuple[Remedy, ...]
    silence: Silence
    articles: Mapping[str, tuple[Article, ...]]
    service_acts: frozenset[str]
    terms: Mapping[str, LocalisedText]
    titles: Mapping[str, LocalisedText]
    wording: Mapping[str, LocalisedText]
    can_withdraw: bool
    can_refuse: bool

    def special_procedure(self, key: str) -> SpecialProcedure | None:
        return next((each for each in self.special_procedures if each.key == key), None)

    def remedies_for(self, outcome: str) -> tuple[Remedy, ...]:
        """Remedies against ``outcome`` (granted, refused, not_accepted …)."""
        return tuple(remedy for remedy in self.remedies if remedy.against in ("all", outcome))

    def articles_of(self, act: str, legal_basis: Sequence[Mapping[str, str]] = ()) -> tuple[Article, ...]:
        """What ``act`` rests on: the procedure's own articles, then the service's where the procedure says so."""
        own = self.articles.get(act, ())
        if act not in self.service_acts:
            return own
        return own + read_articles([row for row in legal_basis if row.get("instrument")])

    def letters(self) -> tuple[str, ...]:
        """The acts that a letter tells under this procedure, in the order a case can come to them."""
        provided = {
            "request_correction": self.correction is not None,
            "suspend": bool(self.special_procedures),
            "extend": self.extension is not None,
            "refuse": self.can_refuse,
            "withdraw": self.can_withdraw,
        }
        return tuple(act for act in LETTERS if provided.get(act, True))

    def title_of(self, act: str) -> LocalisedText:
        """The title of the letter that tells ``act``: its own, else the word of the act."""
        return self.titles.get(act) or self.terms[act]

    def instruments(self) -> frozenset[str]:
        """Keys of all instruments this procedure quotes anywhere."""
        limits = [each for each in (self.acceptance_limit, self.decision, self.delivery) if each is not None]
        places = [each.basis for each in limits]
        places += [self.correction.basis] if self.correction else []
        places += [self.extension.basis] if self.extension else []
        places += [each.basis for each in self.special_procedures] + [each.basis for each in self.remedies]
        places.append(self.silence.basis)
        places += self.articles.values()
        return frozenset(article.instrument for place in places for article in place)


def read_procedure(
    *, key: str, version: int, name: LocalisedText, definition: Mapping[str, Any]
) -> ProcedureDefinition:
    """The validated procedure. Raises ``ValueError`` naming the fault and where it stands."""
    reader = _Reader(key, definition)
    unknown = sorted(set(definition) - _KEYS)
    if unknown:
        raise ValueError(f"procedure {key}: unknown {', '.join(unknown)}")
    return ProcedureDefinition(
        key=key,
        version=version,
        name=_text(key, "name", name),
        acceptance_limit=reader.limit("acceptance_limit"),
        correction=reader.correction(),
        decision=reader.limit("decision"),
        extension=reader.extension(),
        delivery=reader.limit("delivery"),
        special_procedures=reader.special_procedures(),
        remedies=reader.remedies(),
        silence=reader.silence(),
        articles=reader.articles(),
        service_acts=reader.acts("service_acts"),
        terms=reader.texts("terms", required=ACTS),
        titles=reader.texts("titles", required=("accept", "not_accept", "request_correction", "grant", "refuse")),
        wording=reader.texts("wording", required=("accept", "not_accept", "request_correction", "grant", "refuse")),
        can_withdraw=bool(definition.get("can_withdraw", True)),
        can_refuse=bool(definition.get("can_refuse", True)),
    )


_KEYS = frozenset(
    {
        "acceptance_limit",
        "correction",
        "decision",
        "extension",
        "delivery",
        "special_procedures",
        "remedies",
        "silence",
        "articles",
        "service_acts",
        "terms",
        "titles",
        "wording",
        "can_withdraw",
        "can_refuse",
    }
)


def _text(key: str, where: str, value: Any) -> LocalisedText:
    if not isinstance(value, Mapping) or not value.get("zh-Hans") or not value.get("en"):
        raise ValueError(f"procedure {key}: {where} needs zh-Hans and en")
    return {str(language): str(text) for language, text in value.items()}


class _Reader:
    def __init__(self, key: str, definition: Mapping[str, Any]) -> None:
        self.key = key
        self.definition = definition

    def limit(self, name: str) -> Limit | None:
        part = self.definition.get(name)
        if part is None:
            return None
        return Limit(self.number(part, f"{name}.limit"), self.unit(part, name), self.basis(part))

    def correction(self) -> Correction | None:
        part = self.definition.get("correction")
        if part is None:
            return None
        answer = part.get("answer") or {}
        on_silence = part.get("on_silence", "terminate")
        if on_silence not in ("terminate", "withdraw", "decide"):
            raise self.fault("correction.on_silence", on_silence)
        return Correction(
            limit=self.number(part, "correction.limit"),
            unit=self.unit(part, "correction"),
            times=self.number(part, "correction.times"),
            deemed_accepted=bool(part.get("deemed_accepted", False)),
            answer_limit=self.number(answer, "correction.answer.limit"),
            answer_unit=self.unit(answer, "correction.answer"),
            on_silence=on_silence,
            restarts_clock=bool(part.get("restarts_clock", False)),
            basis=self.basis(part),
        )

    def extension(self) -> Extension | None:
        part = self.definition.get("extension")
        if part is None:
            return None
        if not part.get("approver_role"):
            raise self.fault("extension.approver_role", None)
        return Extension(
            limit=self.number(part, "extension.limit"),
            unit=self.unit(part, "extension"),
            times=self.number(part, "extension.times"),
            approver_role=str(part["approver_role"]),
            approver=_text(self.key, "extension.approver", part.get("approver")),
            basis=self.basis(part),
        )

    def special_procedures(self) -> tuple[SpecialProcedure, ...]:
        return tuple(
            SpecialProcedure(
                key=str(part["key"]),
                name=_text(self.key, f"special procedure {part.get('key')}", part.get("name")),
                max_days=self.number(part, "special_procedures.max_days", field="max_days"),
                unit=self.unit(part, "special_procedures"),
                statutory=bool(part.get("statutory", False)),
                basis=self.basis(part),
            )
            for part in self.definition.get("special_procedures", ())
        )

    def remedies(self) -> tuple[Remedy, ...]:
        found = []
        for part in self.definition.get("remedies", ()):
            if part.get("kind") not in REMEDIES:
                raise self.fault("remedies.kind", part.get("kind"))
            found.append(
                Remedy(
                    kind=str(part["kind"]),
                    limit=self.number(part, "remedies.limit"),
                    unit=self.unit(part, "remedies"),
                    body=_text(self.key, "remedies.body", part.get("body")),
                    basis=self.basis(part),
                    against=str(part.get("against", "all")),
                    first=bool(part.get("first", False)),
                    note=dict(part.get("note") or {}),
                )
            )
        return tuple(found)

    def silence(self) -> Silence:
        part = self.definition.get("silence") or {"outcome": "none"}
        if part.get("outcome") not in SILENCE:
            raise self.fault("silence.outcome", part.get("outcome"))
        return Silence(str(part["outcome"]), self.basis(part))

    def articles(self) -> dict[str, tuple[Article, ...]]:
        rows = self.definition.get("articles") or {}
        self.known_acts("articles", rows)
        return {act: self._articles(f"articles.{act}", rows.get(act) or ()) for act in ACTS}

    def acts(self, name: str) -> frozenset[str]:
        acts = self.definition.get(name) or ()
        self.known_acts(name, acts)
        return frozenset(acts)

    def texts(self, name: str, *, required: Sequence[str]) -> dict[str, LocalisedText]:
        rows = self.definition.get(name) or {}
        self.known_acts(name, rows)
        missing = [act for act in required if act not in rows]
        if missing:
            raise ValueError(f"procedure {self.key}: {name} lacks {', '.join(missing)}")
        return {act: _text(self.key, f"{name}.{act}", text) for act, text in rows.items()}

    def known_acts(self, name: str, acts: Any) -> None:
        unknown = sorted(set(acts) - set(ACTS))
        if unknown:
            raise ValueError(f"procedure {self.key}: {name} names unknown acts {', '.join(unknown)}")

    def number(self, part: Any, where: str, *, field: str | None = None) -> int:
        value = part.get(field or where.rpartition(".")[2]) if isinstance(part, Mapping) else None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fault(where, value)
        return value

    def unit(self, part: Mapping[str, Any], where: str) -> str:
        unit = part.get("unit")
        if unit not in UNITS:
            raise self.fault(f"{where}.unit", unit)
        return str(unit)

    def basis(self, part: Mapping[str, Any]) -> tuple[Article, ...]:
        return self._articles("basis", part.get("basis") or ())

    def _articles(self, where: str, rows: Any) -> tuple[Article, ...]:
        try:
            return read_articles(rows)
        except ValueError as error:
            raise ValueError(f"procedure {self.key}: {where}: {error}") from None

    def fault(self, where: str, value: Any) -> ValueError:
        return ValueError(f"procedure {self.key}: {where} cannot be {value!r}")
