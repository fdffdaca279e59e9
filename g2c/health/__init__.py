"""G2C · Health."""
