"""G2B · Supervision."""
