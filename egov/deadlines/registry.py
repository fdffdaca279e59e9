"""Who hears of a missed clock: one handler per kind of subject."""

from collections.abc import Callable

from egov.deadlines.models import Clock
from egov.kernel.actor import Actor
from egov.kernel.registries import Registry

# kind of subject ("case") -> handler(actor, clock); runs in the transaction that marks the clock.
missed_handlers: Registry[Callable[[Actor, Clock], None]] = Registry("missed clocks")
