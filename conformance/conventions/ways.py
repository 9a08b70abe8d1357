"""The ways of computing a derivative of first or second order, under jit and not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

Scalar = Callable[[Any], Any]
"""A function of one real scalar."""


def _jvp(function: Scalar) -> Scalar:
    """The derivative in forward mode."""

    def derivative(x: Any) -> Any:
        return jax.jvp(function, (x,), (jnp.ones_like(x),))[1]

    return derivative


WAYS: dict[str, Callable[[Scalar], Scalar]] = {
    "jvp": _jvp,
    "grad": jax.grad,
    "jvp(jvp)": lambda function: _jvp(_jvp(function)),
    "grad(grad)": lambda function: jax.grad(jax.grad(function)),
    "jvp(grad)": lambda function: _jvp(jax.grad(function)),
}
"""Each way by its name: forward and reverse mode, and both orders; ``jvp(grad)`` is what
``jax.hessian`` does."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way in one dtype, under jit or not.

    Attributes:
        way: as in `WAYS`.
        dtype: of the point.
        jitted: whether the whole is compiled as one.
    """

    way: str
    dtype: str = "float32"
    jitted: bool = False

    @property
    def order(self) -> int:
        """How often it differentiates."""
        return 1 + self.way.count("(")

    @property
    def names(self) -> Iterator[str]:
        """The names under which a table may speak of it, the most special first."""
        ways = [f"jit({self.way})", self.way] if self.jitted else [self.way]
        yield from (f"{way} {self.dtype}" for way in ways)
        yield from ways

    def __str__(self) -> str:
        """As it is written."""
        way = f"jit({self.way})" if self.jitted else self.way
        return way if self.dtype == "float32" else f"{way} in {self.dtype}"


FIRST = tuple(way for way in WAYS if Reading(way=way).order == 1)
"""The ways of first order."""


def derivative(function: Scalar, way: str) -> Scalar:
    """The function's derivative, computed that way."""
    return WAYS[way](function)
