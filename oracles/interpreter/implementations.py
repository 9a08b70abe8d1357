"""Primitives that are read by a program of simpler ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from gradlaw.oracles.elementary import named
from gradlaw.oracles.interpreter.arrays import Array, mapped
from gradlaw.oracles.interpreter.estimation import estimated_results
from gradlaw.oracles.interpreter.reading import Reader, Unsupported, handles
from gradlaw.oracles.x64 import x64


def by_program(
    reader: Reader, function: Callable[..., Any], equation: Any, operands: list[Array]
) -> list[Array]:
    """The results of an equation that stand for those of a function of JAX's.

    Raises:
        Unsupported: where the function raises.
    """
    import jax

    if id(equation) not in _PROGRAMS:
        avals = (atom.aval for atom in equation.invars)
        arguments = [jax.ShapeDtypeStruct(aval.shape, aval.dtype) for aval in avals]
        try:
            with x64(True):
                _PROGRAMS[id(equation)] = equation, jax.make_jaxpr(function)(*arguments)
        except Exception as error:
            message = f"{equation.primitive.name} itself raises {type(error).__name__}: {error}"
            raise Unsupported(message) from error
    return reader.read(_PROGRAMS[id(equation)][1], operands)


_PROGRAMS: dict[int, tuple[Any, Any]] = {}
"""By the identity of an equation, which is kept, since each example reads it again."""


@handles("random_gamma")
def _random_gamma(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A sample by rejection, as JAX itself draws it.

    Source: JAX, ``jax.random.gamma``; G. Marsaglia and W. W. Tsang, A simple method for generating
        gamma variables, ACM TOMS 26 (2000).
    """
    implementation = partial(equation.primitive.impl, **equation.params)
    return by_program(reader, implementation, equation, operands)


@handles("ragged_dot_general")
def _ragged_dot_general(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Products with the rows of one group after the other, all other rows being zero.

    Exact zeros round nothing, so that any backend's own program is within the bound.

    Source: JAX documentation, ``jax.lax.ragged_dot_general``.
    """
    numbers = equation.params["ragged_dot_dimension_numbers"]
    (contracted, _), (batched, _) = numbers.dot_dimension_numbers
    (ragged,) = numbers.lhs_ragged_dimensions
    # An offset, groups that differ within a batch, and a ragged batch are rare.
    if len(operands) > 3 or operands[2].ndim > 1 or ragged in batched:
        return estimated_results(reader, equation, operands)
    product = partial(_ragged_products, equation.params, contracting=ragged in contracted)
    return by_program(reader, product, equation, operands)


def _ragged_products(params: Any, left: Any, right: Any, sizes: Any, *, contracting: bool) -> Any:
    import jax
    import jax.numpy as jnp

    numbers = params["ragged_dot_dimension_numbers"]
    (ragged,) = numbers.lhs_ragged_dimensions
    (left_by, right_by), (left_batch, right_batch) = numbers.dot_dimension_numbers
    ends = jnp.cumsum(sizes)
    rows = jax.lax.broadcasted_iota(sizes.dtype, left.shape, ragged)
    products = []
    for group in range(sizes.shape[0]):
        inside = (rows >= ends[group] - sizes[group]) & (rows < ends[group])
        matrix, contracted, batched = right, right_by, right_batch
        if not contracting:
            (axis,) = numbers.rhs_group_dimensions
            matrix = jax.lax.index_in_dim(right, group, axis, keepdims=False)
            contracted, batched = (
                [dimension - (dimension > axis) for dimension in dimensions]
                for dimensions in (right_by, right_batch)
            )
        products.append(
            jax.lax.dot_general(
                jnp.where(inside, left, jnp.zeros_like(left)),
                matrix,
                ((left_by, contracted), (left_batch, batched)),
                precision=params["precision"],
                preferred_element_type=params["preferred_element_type"],
            )
        )
    return jnp.stack(products) if contracting else sum(products)


@handles("call_hi_primitive")
def _call_hi_primitive(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """A primitive that is another program's name: that program.

    ``ldexp``, whose program works on bits, is the product that it stands for.

    Source: JAX from 0.12, ``jax.experimental.hijax``: ``expand`` of a primitive is its
        implementation.
    """
    primitive = equation.params["_prim"]
    if type(primitive).__name__ == "Ldexp":
        return [_scaled(reader, equation.outvars[0].aval.dtype.name, *operands)]

    def expanded(*flat: Any) -> list[Any]:
        import jax

        arguments = jax.tree.unflatten(primitive.in_tree, flat)
        results: list[Any] = jax.tree.leaves(primitive.expand(*arguments))
        return results

    return by_program(reader, expanded, equation, operands)


def _scaled(reader: Reader, dtype: str, numbers: Array, exponents: Array) -> Array:
    """Numbers times powers of two."""
    domain = reader.domain

    def power(exponent: Any) -> Any:
        value = math.ldexp(1.0, int(exponent)) if exponent < 1024 else math.inf
        return domain.constant(value, "float64", literal=False)

    product = partial(domain.apply, named("mul"), dtype)
    return mapped(lambda number, exponent: product(number, power(exponent)), numbers, exponents)
