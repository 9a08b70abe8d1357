"""Points without a derivative, or with a removable difficulty, and what JAX gives there."""
