"""G2G · Legislation."""
