"""G2C · Certificates."""
