"""G2G · Judicial archives."""
