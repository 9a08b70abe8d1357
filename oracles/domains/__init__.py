"""Scalar domains: what the elements are while the interpreter walks a program."""

from gradlaw.oracles.domains.protocol import Domain, Scalar

__all__ = ["Domain", "Scalar"]
