"""The console portal."""
