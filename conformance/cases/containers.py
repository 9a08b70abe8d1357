"""The squared error of a linear model with its parameters in each kind of container."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from sympy import IndexedBase, Sum, symbols

from gradlaw.conformance.case import Case

b, y, n = symbols("b y n")
i = symbols("i", integer=True)
w, x = IndexedBase("w"), IndexedBase("x")


class Model(NamedTuple):
    """The parameters by name."""

    w: Any
    b: Any


def contained(params: Any, x: Any, y: Any) -> Any:
    """(w·x + b - y)², whatever holds the parameters: w comes before b when flattened."""
    w, b = jax.tree.leaves(params)
    return (jnp.sum(w * x) + b - y) ** 2


def contained_in_dict(params: Any, x: Any, y: Any) -> Any:
    """(w·x + b - y)² with the parameters by key: b comes before w when flattened."""
    return (jnp.sum(params["w"] * x) + params["b"] - y) ** 2


_FORMULA = (Sum(w[i] * x[i], (i, 0, n - 1)) + b - y) ** 2
_SOURCE = "JAX documentation, “Working with pytrees”"


def _in_container(name: str, params: Any, signature: str, function: Any = contained) -> Case:
    return Case(
        name=f"squared_error_in_{name}",
        function=function,
        formula=_FORMULA,
        arguments=(params, "x", "y"),
        signature=signature,
        source=_SOURCE,
        max_size=101,
    )


CONTAINERS = (
    _in_container("tuple", ("w", "b"), "((n),()),(n),()->()"),
    _in_container("list", ["w", "b"], "((n),()),(n),()->()"),
    _in_container("dict", {"w": "w", "b": "b"}, "((),(n)),(n),()->()", contained_in_dict),
    _in_container("nest", ({"layer": ["w"]}, ("b",)), "((n),()),(n),()->()"),
    _in_container("named_tuple", Model(w="w", b="b"), "((n),()),(n),()->()"),
)
