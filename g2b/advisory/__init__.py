"""G2B · Advisory."""
