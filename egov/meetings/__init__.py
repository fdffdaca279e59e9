"""Agenda, attendance, votes, minutes."""
