"""The business portal."""
