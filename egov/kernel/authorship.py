"""Who wrote what somebody else has to confirm. Whoever had a hand in it confirms nothing of it."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models

from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted, Text


class Authored(models.Model):
    """A version that people write, or that came from a file. ``writer_ids`` are the parties of all who wrote any of it,
    the last one last; ``loaded_hash`` is of the definition it came as."""

    loaded_hash = models.CharField(max_length=64, blank=True)
    writer_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        abstract = True

    @property
    def written_by_id(self) -> int | None:
        """Who wrote the last of it; None for what no person wrote."""
        return self.writer_ids[-1] if self.writer_ids else None

    @property
    def is_shipped(self) -> bool:
        """Whether it stands as a file of the product has it: nobody here wrote on it."""
        return bool(self.loaded_hash) and not self.writer_ids

    def must_be_of_others(self, actor: Actor, *, says: Text) -> None:
        """Raises ``NotPermitted`` with what it ``says`` to whoever wrote any of it, and to an actor who is nobody."""
        if not actor.is_system and (actor.party_id is None or actor.party_id in self.writer_ids):
            raise NotPermitted(says, code="four_eyes")


def writers(actor: Actor, *, before: Iterable[int] = ()) -> list[int]:
    """``writer_ids`` once ``actor`` has written, after those ``before``."""
    others = [each for each in before if each != actor.party_id]
    return others if actor.party_id is None else [*others, actor.party_id]
