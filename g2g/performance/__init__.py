"""G2G · Performance."""
