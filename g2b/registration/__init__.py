"""G2B · Registration."""
