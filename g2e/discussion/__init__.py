"""G2E · Discussion."""
