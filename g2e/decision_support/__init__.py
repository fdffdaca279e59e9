"""G2E · Decision support."""
