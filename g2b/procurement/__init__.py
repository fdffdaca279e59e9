"""G2B · Procurement."""
