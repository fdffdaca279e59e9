"""G2E · Training."""
