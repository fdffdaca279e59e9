"""The one integrated catalogue of public services, with versions."""
