"""Complex derivatives, put together from the real ones of the parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import acb, arb

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.protocol import Scalar


def parts_of(scalar: Scalar) -> tuple[Scalar, ...]:
    """The one scalar of a real number, the two of a complex one."""
    return (scalar.real, scalar.imag) if isinstance(scalar, Complex | acb) else (scalar,)


def with_parts(scalar: Scalar, part: Callable[..., Any], *others: Any) -> Scalar:
    """A number whose parts are those of another, each turned by ``part``."""
    if not isinstance(scalar, Complex):
        return part(scalar, *others)
    reals, imags = [complex(o).real for o in others], [complex(o).imag for o in others]
    return Complex(part(scalar.real, *reals), part(scalar.imag, *imags))


def ball_of_parts(parts: Sequence[arb]) -> arb | acb:
    """A real ball of one part, a complex one of two."""
    return parts[0] if len(parts) == 1 else acb(*parts)


def derivative_of_parts(along: Sequence[arb], across: Sequence[arb] | None) -> arb | acb:
    """A derivative in JAX's convention.

    By a real variable it is the output's. Of a real f by x + iy it is ∂f/∂x − i ∂f/∂y, which
    ``jax.grad`` returns; of a complex one that is holomorphic, df/dz; of another, NaN.

    Args:
        along: the derivatives of the output's parts by the variable, or by its real part.
        across: by its imaginary part.

    Source: JAX documentation, "The Autodiff Cookbook", complex numbers and differentiation.
    """
    if across is None:
        return ball_of_parts(along)
    if len(along) == 1:
        return acb(along[0], -across[0])
    return acb(*along) if is_holomorphic(along, across) else acb("nan", "nan")


def is_holomorphic(along: Sequence[arb], across: Sequence[arb]) -> bool:
    """Whether a complex number's derivatives by both parts may obey Cauchy and Riemann."""
    return bool(along[0].overlaps(across[1]) and along[1].overlaps(-across[0]))


def attainable_of_parts(along: Sequence[arb], across: Sequence[arb] | None) -> arb | acb:
    """As :func:`derivative_of_parts`, of balls that rounding widened.

    A holomorphic derivative holds what comes of it both by the real and by the imaginary part: a
    correct rule multiplies by complex numbers, and is free to take either.
    """
    if across is None or len(along) == 1:
        return derivative_of_parts(along, across)
    return acb(along[0].union(across[1]), along[1].union(-across[0]))
