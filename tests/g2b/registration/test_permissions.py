"""Nobody writes into the register of businesses but through a decision."""

from tests.plugins.permissions import PermissionTable

TABLE = PermissionTable(
    "g2b.registration", {}, internal={"register_entity": "an effect of a decision: casework asked who signs"}
)
_, test_every_act_has_a_row = TABLE.tests()
