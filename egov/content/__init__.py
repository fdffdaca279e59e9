"""Policies, guides and notices with owner and review date."""
