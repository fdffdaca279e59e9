"""Nobody writes into the register of businesses but through a decision."""

from tests.plugins.permissions import PermissionTable

EFFECT = "an effect of a decision: casework asked who signs"
TABLE = PermissionTable(
    "g2b.registration", {}, internal=dict.fromkeys(("register_entity", "change_entity", "end_entity"), EFFECT)
)
_, test_every_act_has_a_row = TABLE.tests()
