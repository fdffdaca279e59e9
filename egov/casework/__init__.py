"""One case per service: lifecycle, corrections, opinions, decisions, remedies."""
