"""Oracles say what the answer is, and how far rounding may carry it."""
