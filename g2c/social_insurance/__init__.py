"""G2C · Social insurance."""
