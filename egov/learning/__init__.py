"""Courses, sessions, lessons, hours."""
