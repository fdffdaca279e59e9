"""What a draft of several services keeps: members with their versions, the order among them, what decided. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from egov.intake.rules.form import Form


@dataclass(frozen=True)
class BundleMember:
    service: str
    version: int
    optional: bool = False


@dataclass(frozen=True)
class BundleOutside:
    """A service that somebody else files: ``by``, "employer"."""

    service: str
    version: int
    by: str


@dataclass(frozen=True)
class BundleEdge:
    """``after`` waits for ``before``; edges into one member with the same ``group`` are alternatives."""

    before: str
    after: str
    group: str = ""


@dataclass(frozen=True)
class BundleClaim:
    """What the person says they have of ``service``, by its ``number``, so that it is not filed: their word, which nobody
    checked. ``needed_by``: members that would have waited for it."""

    service: str
    number: str
    needed_by: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(kept["service"], kept["number"], tuple(kept["needed_by"]))


@dataclass(frozen=True)
class Bundle:
    """``answers``: to the questions that decided which members apply, among those of ``event_version`` (the event as it
    was composed). Empty for a single service.

    ``outside``: what somebody else files; members wait for it, yet nothing of theirs is brought by it.

    What it takes to plan the same again: ``wanted``, the optional services that were chosen among those ``offered``;
    ``again``, those applied for although they are held. ``held``: what was there already. ``lasting``: what makes a service
    needless while it is in force (services and kinds of certificates); ``had``: a mark of what the party had of it then
    (``taking``), None when nobody looked.

    A draft of what joins a matter names it in ``joins``, with the members that are in it already in ``there``.
    """

    members: tuple[BundleMember, ...] = ()
    edges: tuple[BundleEdge, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    event_version: int | None = None
    claims: tuple[BundleClaim, ...] = ()
    joins: str = ""
    there: tuple[BundleMember, ...] = ()
    outside: tuple[BundleOutside, ...] = ()
    wanted: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    had: str | None = None

    def __bool__(self) -> bool:
        return bool(self.members)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        members = tuple(BundleMember(**each) for each in kept.get("members", ()))
        return cls(
            members,
            tuple(BundleEdge(**each) for each in kept.get("edges", ())),
            kept.get("answers", {}),
            kept.get("event_version"),
            tuple(BundleClaim.from_json(each) for each in kept.get("claims", ())),
            kept.get("joins", ""),
            tuple(BundleMember(**each) for each in kept.get("there", ())),
            tuple(BundleOutside(**each) for each in kept.get("outside", ())),
            tuple(kept.get("wanted", (each.service for each in members if each.optional))),
            tuple(kept.get("offered", ())),
            tuple(kept.get("again", ())),
            tuple(kept.get("held", ())),
            tuple(kept.get("lasting", ())),
            kept.get("had"),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "members": [vars(each) for each in self.members],
            "edges": [vars(each) for each in self.edges],
            "answers": dict(self.answers),
            "event_version": self.event_version,
            "claims": [vars(each) for each in self.claims],
            "joins": self.joins,
            "there": [vars(each) for each in self.there],
            "outside": [vars(each) for each in self.outside],
            "wanted": list(self.wanted),
            "offered": list(self.offered),
            "again": list(self.again),
            "held": list(self.held),
            "lasting": list(self.lasting),
            "had": self.had,
        }

    @property
    def is_planned(self) -> bool:
        """Whether an event chose the members, so that it can be asked again."""
        return bool(self.members) and not self.joins

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(each.service for each in self.members)

    def files_as(self, other: "Bundle") -> bool:
        """Whether the same services are filed, in the same order, and wait for the same of others."""

        def filed(bundle: Bundle) -> tuple[set[str], set[BundleEdge], set[str]]:
            return set(bundle.services), set(bundle.edges), {each.service for each in bundle.outside}

        return filed(self) == filed(other)

    @property
    def versions(self) -> dict[str, int]:
        """Service → its version, of all that is filed by this party: what somebody else files brings nothing along."""
        return {each.service: each.version for each in (*self.there, *self.members)}

    def before(self, service: str) -> tuple[BundleEdge, ...]:
        return tuple(edge for edge in self.edges if edge.after == service)

    def waits_for(self, service: str, others: Collection[str]) -> bool:
        """Whether the member starts only after one of ``others``, directly or through members between them."""
        return any(edge.before in others or self.waits_for(edge.before, others) for edge in self.before(service))


def with_prerequisites(edges: Sequence[BundleEdge], chosen: Collection[str]) -> frozenset[str]:
    """``chosen`` and what has to come before; of alternatives none of which is chosen, the first. ``edges``: among all
    that may be chosen, so that what is held or does not apply is not brought in."""
    found = set(chosen)
    while True:
        groups: dict[tuple[str, str], list[str]] = {}
        for edge in edges:
            if edge.after in found:
                groups.setdefault((edge.after, edge.group or f"only:{edge.before}"), []).append(edge.before)
        missing = {befores[0] for befores in groups.values() if not found.intersection(befores)}
        if not missing:
            return frozenset(found)
        found |= missing


def brought(edges: Sequence[BundleEdge], produces: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The elements that a member gets from those it waits for; of alternatives, what every one of them brings."""
    groups: dict[str, list[frozenset[str]]] = {}
    for edge in edges:
        groups.setdefault(edge.group or f"only:{edge.before}", []).append(produces.get(edge.before, frozenset()))
    return frozenset().union(*(frozenset.intersection(*each) for each in groups.values()))


def passed(form: Form, elements: frozenset[str]) -> dict[str, str]:
    """Element → key of the question it answers."""
    return {question.element: question.key for question in form.questions if question.element in elements}
