"""Wrong rules by the hundred: each planted in JAX, and looked for by a profile's own nodes."""
