"""Nobody enters a birth, a marriage or a death but through a decision."""

from tests.plugins.permissions import PermissionTable

DECIDED = "an effect of a decision: casework asked who signs"
TABLE = PermissionTable(
    "g2c.certificates",
    {},
    internal={"register_birth": DECIDED, "register_marriage": DECIDED, "register_death": DECIDED},
)
_, test_every_act_has_a_row = TABLE.tests()
