"""Mutants that nobody chose: every small change of the source of JAX's own rules."""
