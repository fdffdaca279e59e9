"""G2B · Tax."""
