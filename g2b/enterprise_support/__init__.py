"""G2B · Enterprise support."""
