"""Complex derivatives, put together from the real ones of the parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import acb, arb

from gradlaw.oracles.domains.complex_parts import Complex
from gradlaw.oracles.domains.protocol import Scalar


def parts_of(scalar: Scalar) -> tuple[Scalar, ...]:
    """The one scalar of a real number, the two of a complex one."""
    return (scalar.real, scalar.imag) if isinstance(scalar, Complex) else (scalar,)


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
    holomorphic = along[0].overlaps(across[1]) and along[1].overlaps(-across[0])
    return acb(*along) if holomorphic else acb("nan", "nan")
