"""G2B · Investment."""
