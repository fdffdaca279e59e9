"""The registry of measures that each room declares, and their public figures."""
