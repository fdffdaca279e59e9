"""The demonstration city's cases: a year of them, in every state, in the shape the actions write.

A :class:`Tale` is one case told in memory, a :class:`Story` lets chance tell it, :func:`lay_tales` writes many at once.
What the effects of decisions leave in other registers is laid by their rooms, which fill ``past_effects``.
"""

from egov.casework.demo import holdings, paid  # noqa: F401
from egov.casework.demo.officers import Officers
from egov.casework.demo.stories import Course, Story
from egov.casework.demo.tale import Tale
from egov.casework.demo.telling import Deed
from egov.casework.demo.writing import PastEffect, lay_tales, past_effects

__all__ = ["Course", "Deed", "Officers", "PastEffect", "Story", "Tale", "lay_tales", "past_effects"]
