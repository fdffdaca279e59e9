"""G2G · Treasury."""
