"""Special functions that JAX only approximates, as they are: what references are made of.

Each is a primitive that oracles read, with its derivatives, and that JAX can neither compute nor
differentiate.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.interpreters import batching

from gradlaw.conformance.coverage.registry import CLOSED_FORM
from gradlaw.oracles.elementary import Elementary, elementary, exponential_integral
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.elementwise import apply
from gradlaw.oracles.interpreter.reading import HANDLERS


def dawsn(x: Any) -> Any:
    """Dawson's integral."""
    return _DAWSN.bind(x)


def erfcx(x: Any) -> Any:
    """The scaled complementary error function, exp(x^2) erfc(x)."""
    return jnp.exp(x * x) * lax.erfc(x)


def betaln(a: Any, b: Any) -> Any:
    """The logarithm of the beta function, by its definition."""
    return lax.lgamma(a) + lax.lgamma(b) - lax.lgamma(a + b)


def wofz(x: Any) -> Any:
    """The Faddeeva function of a real number, exp(-x^2) + 2i/sqrt(pi) F(x) by Dawson's integral.

    Source: NIST Digital Library of Mathematical Functions, equations 7.2.3 and 7.5.1.
    """
    return lax.complex(jnp.exp(-x * x), 2 / np.sqrt(np.pi) * dawsn(x))


def expi(x: Any) -> Any:
    """The exponential integral Ei."""
    return _EXPI.bind(x)


def expn(order: int, x: Any) -> Any:
    """The exponential integral of an order that is a Python integer."""
    return _EXPN.bind(x, order=order)


def ndtri(x: Any) -> Any:
    """The quantile of the standard normal distribution."""
    return _NDTRI.bind(x)


def erfcinv(x: Any) -> Any:
    """The inverse of the complementary error function."""
    return _ERFCINV.bind(x)


def sici(x: Any) -> tuple[Any, Any]:
    """The sine and the cosine integral."""
    return _SI.bind(x), _CI.bind(x)


def owens_t(h: Any, a: Any) -> Any:
    """Owen's T function."""
    return _OWENS_T.bind(*jnp.broadcast_arrays(h, a))


def hyp1f1(a: Any, b: Any, x: Any) -> Any:
    """Kummer's confluent hypergeometric function."""
    return _HYP1F1.bind(*jnp.broadcast_arrays(a, b, x))


def _primitive(name: str) -> Primitive:
    """A primitive of operands of one shape, elementwise."""
    primitive = Primitive(f"{CLOSED_FORM}{name}")
    primitive.def_abstract_eval(lambda x, *_, **__: ShapedArray(x.shape, x.dtype))
    batching.primitive_batchers[primitive] = partial(_batched, primitive)
    HANDLERS[primitive.name] = partial(_read, name)
    return primitive


def _batched(
    primitive: Primitive, operands: Sequence[Any], axes: Sequence[int | None], **parameters: Any
) -> tuple[Any, int]:
    """Every operand with the batch in front."""
    pairs = list(zip(operands, axes, strict=True))
    size = next(x.shape[axis] for x, axis in pairs if axis is not None)
    moved = [
        jnp.broadcast_to(x, (size, *x.shape)) if axis is None else jnp.moveaxis(x, axis, 0)
        for x, axis in pairs
    ]
    return primitive.bind(*moved, **parameters), 0


def _read(name: str, reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    dtype = equation.outvars[0].aval.dtype.name
    return [apply(reader, _function(name, **equation.params), dtype, *operands)]


def _function(name: str, order: int | None = None) -> Elementary:
    found = elementary(name) if order is None else exponential_integral(order)
    assert found is not None
    return found


_DAWSN, _EXPI, _EXPN = _primitive("dawsn"), _primitive("expi"), _primitive("expn")
_NDTRI, _ERFCINV, _OWENS_T = _primitive("ndtri"), _primitive("erfcinv"), _primitive("owens_t")
_HYP1F1, _SI, _CI = _primitive("hyp1f1"), _primitive("si"), _primitive("ci")
