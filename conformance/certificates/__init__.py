"""Certificates: whether program bounds hold what JAX returns, and how tight they are."""
