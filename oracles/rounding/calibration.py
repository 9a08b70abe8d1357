"""Measuring a backend's elementwise errors and holding them against the rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
from flint import arb, ctx

from gradlaw.oracles.elementary import Elementary, elementary
from gradlaw.oracles.rounding.arithmetic import Arithmetic, arithmetic
from gradlaw.oracles.rounding.rules import Rule, rule
from gradlaw.oracles.rounding.sampling import moderate, stratified

Array = np.ndarray[Any, Any]

DTYPES = ("float16", "bfloat16", "float32", "float64")

_BITS = 128
_SMALLEST = math.ulp(0.0)
_SCALAR_POINTS = 20_000
"""How many points are also computed one by one: a vectorized loop may use another formula."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A primitive to measure.

    Attributes:
        name: JAX's.
        function: of ``jax.lax``.
        ranges: for each operand, powers of two that it lies between; None for every number.
        cost: how many times longer than for an exponential one exact value takes.
    """

    name: str
    function: str
    ranges: tuple[tuple[int, int] | None, ...] = (None,)
    cost: int = 1


_UNARY = (
    *("sqrt", "rsqrt", "square", "cbrt", "exp", "exp2", "expm1", "log", "log1p", "log2"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "logistic", "one_minus_square"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("erf", "erfc", "erf_inv", "lgamma", "digamma", "bessel_i0e", "bessel_i1e"),
)

SUBJECTS: tuple[Subject, ...] = (
    *(Subject(name=name, function=name) for name in _UNARY),
    Subject(name="pow", function="pow", ranges=((-12, 12), (-6, 6))),
    Subject(name="atan2", function="atan2", ranges=(None, None)),
    Subject(name="div", function="div", ranges=(None, None)),
    Subject(name="polygamma", function="polygamma", ranges=((0, 3), (-8, 8)), cost=16),
    Subject(name="zeta", function="zeta", ranges=((0, 4), (-8, 8)), cost=16),
    Subject(name="igamma", function="igamma", ranges=((-6, 7), (-6, 7)), cost=16),
    Subject(name="igammac", function="igammac", ranges=((-6, 7), (-6, 7)), cost=16),
    Subject(name="igamma_grad_a", function="igamma_grad_a", ranges=((-4, 6), (-4, 6)), cost=512),
    Subject(
        name="random_gamma_grad", function="random_gamma_grad", ranges=((-4, 6), (-4, 6)), cost=512
    ),
    Subject(
        name="regularized_incomplete_beta",
        function="betainc",
        ranges=((-4, 5), (-4, 5), (-10, 0)),
        cost=32,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """The error nearest to (or farthest beyond) its rule.

    Attributes:
        primitive: its name.
        dtype: of operands and result.
        points: how many were measured.
        error: in units of the dtype's roundoff, relative to the exact value.
        at: the operands.
        allowed: what the rule allows there, in the same units; None without a rule.
        beyond: points where the error is larger than allowed.
    """

    primitive: str
    dtype: str
    points: int
    error: float
    at: tuple[float, ...]
    allowed: float | None
    beyond: int

    @property
    def short(self) -> bool:
        """Whether there is a rule, and it is smaller than what was seen."""
        return self.allowed is not None and self.beyond > 0


def measured(subject: Subject, dtype: str, backend: str, samples: int) -> Measurement | None:
    """The worst error of a primitive in a dtype; None where this JAX lacks the primitive.

    Args:
        subject: the primitive.
        dtype: a float dtype.
        backend: the platform whose rules are held against; JAX computes on its default device.
        samples: of float32; the other dtypes get fewer.
    """
    import jax

    if not hasattr(jax.lax, subject.function):
        return None
    operands = _operands(subject, dtype, samples)
    function = elementary(subject.name)
    assert function is not None
    numbers, found = arithmetic(dtype, backend), rule(subject.name, backend, dtype)
    errors = _Errors(numbers, found)
    with ctx.workprec(_BITS):
        for at, result in _computed(subject, dtype, operands):
            errors.add(at, result, function)
    return Measurement(
        primitive=subject.name,
        dtype=dtype,
        points=errors.points,
        error=errors.error,
        at=errors.at,
        allowed=errors.allowed if found else None,
        beyond=errors.beyond,
    )


class _Errors:
    """The error nearest to what the rule allows, of all that are added."""

    def __init__(self, numbers: Arithmetic, found: Rule | None) -> None:
        self.numbers = numbers
        self.relative = found.roundoffs if found else 1.0
        self.absolute = found.absolute_at if found else lambda *_: 0.0
        self.argument = found.argument if found else 0.0
        self.underflows = found.underflows if found else 0.0
        self.points = self.beyond = 0
        self.error = self.allowed = 0.0
        self.at: tuple[float, ...] = ()
        self._nearest = 0.0

    def add(self, at: tuple[float, ...], result: float, function: Elementary) -> None:
        exact = _exact(function, at)
        if exact is None:
            return
        numbers, size = self.numbers, abs(float(exact))
        self.points += 1
        unit = numbers.unit_roundoff
        allowed = self.relative
        absolute = self.absolute(*map(arb, at))
        if size and (absolute or self.argument):
            allowed += (absolute + self._moved(function, at)) / size
        if size * (1 + allowed * unit) > numbers.largest:
            return
        if not size:
            # There is no relative error of 0: nothing but the absolute one is allowed.
            self.beyond += not abs(result) <= absolute * unit + numbers.underflow * self.underflows
            return
        if not math.isfinite(result):
            error = math.inf
        else:
            distance = float(abs(exact - arb(result)))
            below = size * (1 - allowed * unit) < numbers.tiny
            lost = numbers.underflow * (self.underflows + below)
            error = max(0.0, distance - lost) / max(size * unit, _SMALLEST)
        self.beyond += error > allowed
        nearness = error / allowed if allowed else error
        if nearness > self._nearest:
            self._nearest, self.error, self.allowed, self.at = nearness, error, allowed, at

    def _moved(self, function: Elementary, at: tuple[float, ...]) -> float:
        if not self.argument:
            return 0.0
        slopes = (function.partial(place).evaluate(*map(arb, at)) for place in range(len(at)))
        moved = (abs(float(slope) * x) for slope, x in zip(slopes, at, strict=True))
        return self.argument * sum(moved)


def _exact(function: Elementary, at: tuple[float, ...]) -> arb | None:
    """The exact value, to far more digits than any dtype has."""
    for bits in (_BITS, 8 * _BITS):
        with ctx.workprec(bits):
            value = arb(function.evaluate(*map(arb, at)))
        if not value.is_finite():
            return None
        if value.is_exact() or value.rel_accuracy_bits() > 70:
            return value
    return None


def _operands(subject: Subject, dtype: str, samples: int) -> list[Array]:
    share = {"float32": 1, "float64": 8}.get(dtype, 1)
    wanted = max(200, samples // (share * subject.cost))
    if len(subject.ranges) == 1:
        return [stratified(dtype, wanted)]
    wanted = min(wanted, 2**16) if np.dtype(_type(dtype)).itemsize == 2 else wanted
    operands = []
    for place, limits in enumerate(subject.ranges):
        drawn = (
            np.random.default_rng(place).permutation(stratified(dtype, wanted, place))
            if limits is None
            else moderate(dtype, wanted, *limits, seed=place)
        )
        operands.append(drawn)
    shortest = min(map(len, operands))
    operands = [operand[:shortest] for operand in operands]
    if subject.name == "pow":
        operands[1] *= np.random.default_rng(1).choice([-1.0, 1.0], shortest)
    if subject.name == "polygamma":
        operands[0] = np.floor(operands[0])
    if subject.name == "zeta":
        operands[0] = (operands[0] + 0.125).astype(_type(dtype)).astype(np.float64)
    return operands


def _type(dtype: str) -> Any:
    return getattr(ml_dtypes, dtype, dtype)


def _computed(
    subject: Subject, dtype: str, operands: list[Array]
) -> Iterator[tuple[tuple[float, ...], float]]:
    """Every point with the backend's result: of one array, then of single numbers in a loop."""
    import jax

    function: Callable[..., Any] = getattr(jax.lax, subject.function)
    whole = jax.jit(function)
    single = jax.jit(lambda *arrays: jax.lax.map(lambda scalars: function(*scalars), arrays))
    step = max(1, len(operands[0]) // _SCALAR_POINTS)
    for compute, columns in ((whole, operands), (single, [array[::step] for array in operands])):
        results = np.asarray(compute(*(array.astype(_type(dtype)) for array in columns)))
        yield from zip(
            zip(*(array.tolist() for array in columns), strict=True),
            results.astype(np.float64).tolist(),
            strict=True,
        )


def measurements(
    backend: str, samples: int, only: Iterable[str] = (), dtypes: Iterable[str] = DTYPES
) -> Iterator[Measurement]:
    """The measurements of all primitives in all dtypes, as they are made.

    Args:
        backend: the platform whose rules are held against.
        samples: how many float32 numbers.
        only: names of primitives; all where there are none.
        dtypes: to measure.

    Raises:
        ValueError: for a name that is not among the primitives.
    """
    names = [subject.name for subject in SUBJECTS]
    if unknown := sorted(set(only) - set(names)):
        message = f"no primitive {unknown[0]!r} is calibrated; known: {', '.join(sorted(names))}"
        raise ValueError(message)
    for subject in SUBJECTS:
        if only and subject.name not in only:
            continue
        for dtype in dtypes:
            found = measured(subject, dtype, backend, samples)
            if found is not None:
                yield found
