"""G2C · Participation."""
