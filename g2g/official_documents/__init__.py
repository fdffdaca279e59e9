"""G2G · Official documents."""
