"""The api portal."""
