"""G2C · Information."""
