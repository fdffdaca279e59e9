"""``Ref``: how a row is named where a foreign key must not point (upward, or from the journal)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from egov.kernel.registries import Registry

if TYPE_CHECKING:
    from egov.kernel.actor import Actor


@dataclass(frozen=True, order=True)
class Ref:
    """Kind and key of a thing, e.g. ``case:JZ-C-261124-00042-QU``. The key is its reference or primary key."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Raises ``ValueError`` when ``text`` is not ``kind:key``."""
        kind, separator, key = text.partition(":")
        if not (separator and kind and key):
            raise ValueError(f"not a reference: {text!r}")
        return cls(kind, key)


# Named by every act on a version of a definition: their history is read without looking through all acts.
VERSIONS = Ref("configuration", "versions")


@dataclass(frozen=True)
class Subject:
    """What the house must know about a kind of thing: a title, a page, who may view it."""

    title: Callable[[Ref], str]
    url: Callable[[Ref, "Actor"], str | None]
    may_view: Callable[[Ref, "Actor"], bool]


# kind -> Subject
subjects: Registry[Subject] = Registry("subjects")
