"""Append-only journal of acts and of views of personal data, sealed into a Merkle log."""
