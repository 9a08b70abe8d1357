"""Misuses that people make, the error that each must raise, and the remedy that must work."""
