"""Nobody awards a benefit but through a decision; its months are ordered by the clock."""

from tests.plugins.permissions import PermissionTable

TABLE = PermissionTable(
    "g2c.social_insurance",
    {},
    internal={
        "award_unemployment_benefit": "an effect of a decision: casework asked who signs",
        "order_month": "called for what is due, by the worker",
        "order_due_months": "the worker's, every day",
    },
)
_, test_every_act_has_a_row = TABLE.tests()
