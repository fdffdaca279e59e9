"""G2G: a service mode; each system in it is a room of its own."""
