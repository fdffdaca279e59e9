"""G2E · Appraisal."""
