"""The one to-do list of civil servants, run by one token engine."""
