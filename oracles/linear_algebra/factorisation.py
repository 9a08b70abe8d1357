"""What a factorisation must supply, and what rounding makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from flint import acb, arb

from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.rounding.arithmetic import Arithmetic

Linear = Callable[[Sequence[Scalar]], list[Scalar]]
"""A linear map of flat inputs to flat outputs."""

Ball: TypeAlias = arb | acb
"""A real number's ball, or a complex one's."""


class Factorisation(Protocol):
    """A smooth function of a matrix's entries, such as its Cholesky factor.

    Inputs and outputs are flat, in row-major order; several matrices stand one after the other.
    """

    @property
    def name(self) -> str:
        """What the backward errors call it: JAX's name of the primitive."""
        ...

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """The outputs; of balls, balls that hold them for every number in the balls.

        Raises:
            NotImplementedError: where the domain's scalars are not balls, and must be.
        """
        ...

    def linearised(
        self, domain: Domain, dtype: str, inputs: Sequence[Scalar], outputs: Sequence[Scalar]
    ) -> Linear:
        """The differential at the inputs, as a map of tangents."""
        ...

    def backward_error(
        self, inputs: Sequence[Ball], outputs: Sequence[Ball], numbers: Arithmetic
    ) -> list[arb]:
        """How far the inputs may lie from others of which the outputs are exact, each."""
        ...

    def forward_error(self, outputs: Sequence[Ball], numbers: Arithmetic) -> list[arb]:
        """What each output may err by beyond that."""
        ...


_SLACK = 1 + 2.0**-3
"""A backward error is bounded by computed factors; they are near the exact ones."""

_ROUNDS = 3
"""How often a backward error may be enlarged to what the factors in it would make of it."""


def gamma(roundoffs: float, numbers: Arithmetic) -> arb:
    """The constant γₖ = ku / (1 − ku), ``k`` in roundoffs.

    Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1.
    """
    error = arb(roundoffs) * arb(numbers.unit_roundoff)
    return error / (1 - error)


def rounded_values(
    factorisation: Factorisation, exact: Domain, scalars: Sequence[arb], numbers: Arithmetic
) -> list[arb]:
    """Balls that hold every result with the factorisation's backward and forward error.

    With E the inputs' radii and the backward error, F(A ± E) lies in F(A) + F'(A ± E)·E, the
    differential taken over balls: the mean value theorem. Where that is wider than F over balls, or
    has no meaning, F over balls is taken.

    Source: R. E. Moore, R. B. Kearfott and M. J. Cloud, Introduction to Interval Analysis (2009),
    section 6.4, for the mean value form.
    """
    if not all(scalar.is_finite() for scalar in scalars):
        return [arb("nan")] * len(factorisation.values(exact, numbers.dtype, scalars))
    centres = [scalar.mid() for scalar in scalars]
    values = factorisation.values(exact, numbers.dtype, centres)
    errors = factorisation.backward_error(centres, values, numbers)
    for _ in range(_ROUNDS):
        allowed = [(error * _SLACK).abs_upper() for error in errors]
        wide = [scalar + arb(0, error) for scalar, error in zip(scalars, allowed, strict=True)]
        result = _mean_value(factorisation, exact, numbers.dtype, wide, values)
        errors = factorisation.backward_error(wide, result, numbers)
        if all(error <= bound for error, bound in zip(errors, allowed, strict=True)):
            forward = factorisation.forward_error(result, numbers)
            return [
                ball + arb(0, error.abs_upper())
                for ball, error in zip(result, forward, strict=True)
            ]
    return [arb("nan")] * len(values)


def _mean_value(
    factorisation: Factorisation,
    exact: Domain,
    dtype: str,
    inputs: Sequence[arb],
    values: Sequence[arb],
) -> list[arb]:
    """Balls for the factors of every matrix in the balls, from those of the centre."""
    region = factorisation.values(exact, dtype, inputs)
    tangents = [ball - ball.mid() for ball in inputs]
    changes = factorisation.linearised(exact, dtype, inputs, region)(tangents)
    return [
        _narrower(value + change, ball)
        for value, change, ball in zip(values, changes, region, strict=True)
    ]


def _narrower(first: arb, second: arb) -> arb:
    if not first.is_finite():
        return second
    return second if second.is_finite() and second.rad() < first.rad() else first


def largest(balls: Sequence[Any]) -> arb:
    """An upper bound on the largest absolute value."""
    found = arb(0)
    for ball in balls:
        found = found.max(abs(ball).upper())
    return found
