"""G2G · Exchange."""
