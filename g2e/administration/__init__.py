"""G2E · Administration."""
