"""Planted faults: what the suite must report, and where."""
