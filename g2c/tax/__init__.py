"""G2C · Tax."""
