"""Drawn calls of structural primitives, and what JAX makes of them."""
