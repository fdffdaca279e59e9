"""Nobody registers a treatment elsewhere or numbers a certificate of birth but through a decision."""

from tests.plugins.permissions import PermissionTable

TABLE = PermissionTable(
    "g2c.health",
    {},
    internal={
        "register_treatment": "an effect of a decision: casework asked who signs",
        "number_birth_certificate": "an effect of a decision: casework asked who signs",
    },
)
_, test_every_act_has_a_row = TABLE.tests()
