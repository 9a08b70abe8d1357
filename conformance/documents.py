"""The five tutorials whose functions, pitfalls and claims the suite judges, by their titles."""

from __future__ import annotations

from typing import Final

COMPOSITION: Final = "jit + grad Composition"
GRADIENT: Final = "Gradient with jax.grad"
COMBINING: Final = "Combining Transformations"
REVISITED: Final = "Revisiting jit, grad, and vmap"
COMPILATION: Final = "JAX - Automatic Differentiation and JIT Compilation"

DOCUMENTS: Final = (COMPOSITION, GRADIENT, COMBINING, REVISITED, COMPILATION)
"""All five; the third and fourth are ApX Machine Learning's."""
