"""G2C · Education."""
