"""Who hears of clocks: one handler per kind of subject ("case"). They run in the transaction that changed the clock."""

from collections.abc import Callable, Sequence

from egov.deadlines.models import Clock
from egov.kernel.actor import Actor
from egov.kernel.registries import Registry

# A due moment passed: handler(actor, clock).
missed_handlers: Registry[Callable[[Actor, Clock], None]] = Registry("missed clocks")

# Due moments moved because a calendar changed: handler(actor, clocks), so that copies of them move too.
moved_handlers: Registry[Callable[[Actor, Sequence[Clock]], None]] = Registry("moved clocks")
