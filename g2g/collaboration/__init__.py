"""G2G · Collaboration."""
