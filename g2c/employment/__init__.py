"""G2C · Employment."""
