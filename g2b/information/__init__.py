"""G2B · Information."""
