"""The floating-point reading: numbers as IEEE 754 has them, which know how they came to be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from flint import arb

from gradlaw.oracles.elementary import Elementary, named
from gradlaw.oracles.linear_algebra.factorisation import Factorisation
from gradlaw.oracles.linear_algebra.systems import Solution
from gradlaw.oracles.rounding.arithmetic import arithmetic

BITS = 128
"""Of the balls that functions are evaluated to before the number is rounded: flint's own 53 round
1 - x down, where float64 has 1."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a number that is not finite came from.

    Attributes:
        trap: what happened: ``0·∞``, ``∞−∞``, ``0/0``, ``1/0``, ``sqrt at 0``, ``pow at 0``, …
        at: the equation, and those that call it before it; empty for a constant or an argument.
        behind: of a NaN, the origin of the infinity that it was made of.
        chosen: of ``0·∞`` and ``0/0``, the ``select_n`` that put the zero there.
    """

    trap: str
    at: tuple[Any, ...]
    behind: Origin | None = None
    chosen: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A float of the dtype that its array has.

    Attributes:
        value: the number.
        maker: the equation that computed it; None for a constant.
        origin: of a number that is not finite.
        chosen: of a zero, the ``select_n`` that took it for the other branch's.
    """

    value: float
    maker: Any = None
    origin: Origin | None = None
    chosen: Any = None


_ROOTS = {"sqrt", "rsqrt", "cbrt", "pow", "log"}
"""Functions whose zero, divided by, makes the infinite slope that is theirs."""

_TIMES_ZERO = {"mul", "div", "neg"}
"""Functions that hand a zero on."""


def _gamma_pole(x: float) -> float:
    return math.inf if x <= 0 and x == math.floor(x) else math.lgamma(x)


_IEEE: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "add_any": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "square": np.square,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: np.divide(1.0, np.sqrt(x)),
    "cbrt": np.cbrt,
    "pow": np.power,
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "log2": np.log2,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "logistic": lambda x: np.divide(1.0, 1.0 + np.exp(-x)),
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.round,
    "sign": np.sign,
    "one_minus_square": lambda x: 1.0 - np.square(x),
    "erf_inv": lambda x: math.copysign(math.inf, x) if abs(x) == 1 else math.nan,
    "lgamma": _gamma_pole,
}
"""What IEEE 754 and the C standard's annex F say where a ball has no number: at poles and ends."""


class Ieee:
    """Numbers in the dtypes of the program, each operation rounded once.

    Not a bound and not what a backend returns to the last bit: it follows zeros, infinities and
    NaNs. A number computed from a NaN has that NaN's origin.

    Attributes:
        at: the equation that is being read, after those that call it; the reader's to set.
    """

    rounds = False

    def __init__(self) -> None:
        self.estimated: set[str] = set()
        self.undecided: set[str] = set()
        self.at: tuple[Any, ...] = ()

    @property
    def maker(self) -> Any:
        """The equation that is being read."""
        return self.at[-1] if self.at else None

    def constant(self, value: float, dtype: str, *, literal: bool) -> Number:  # noqa: ARG002
        """The number; one that is not finite is its own origin."""
        origin = None if math.isfinite(value) else Origin(trap="a constant", at=())
        return Number(value=value, origin=origin)

    def apply(self, function: Elementary, dtype: str, *scalars: Number) -> Number:
        """The function's value, rounded once; with its origin where it is not finite."""
        found = _value(function, [scalar.value for scalar in scalars])
        value = _rounded(found, dtype)
        if math.isfinite(value):
            chosen = None
            if value == 0 and function.name in _TIMES_ZERO:
                chosen = next((s.chosen for s in scalars if s.chosen is not None), None)
            return Number(value=value, maker=self.maker, chosen=chosen)
        return Number(value=value, maker=self.maker, origin=self._origin(function, *scalars))

    def _origin(self, function: Elementary, *scalars: Number) -> Origin:
        """Why a function's value is not finite: what its arguments brought along comes first."""
        name, values = function.name, [scalar.value for scalar in scalars]
        for scalar in scalars:
            if math.isnan(scalar.value) and scalar.origin is not None:
                return scalar.origin
        behind = next((scalar.origin for scalar in scalars if math.isinf(scalar.value)), None)
        if math.isnan(_value(function, values)):
            trap, chosen = _nan_trap(name, values), None
            if trap in {"0·∞", "0/0"}:
                chosen = next((s.chosen for s in scalars if s.chosen is not None), None)
            return Origin(trap=trap, at=self.at, behind=behind, chosen=chosen)
        if behind is not None:
            return behind
        return Origin(trap=_pole(name, scalars), at=self.at)

    def convert(self, scalar: Number, source: str, target: str) -> Number:  # noqa: ARG002
        """The number in another dtype, beyond whose range it may be."""
        value = _rounded(scalar.value, target)
        overflows = math.isinf(value) and scalar.origin is None
        origin = Origin(trap="overflow", at=self.at) if overflows else scalar.origin
        return Number(value=value, maker=scalar.maker, origin=origin, chosen=scalar.chosen)

    def sum(self, scalars: Sequence[Number], dtype: str, terms: float | None = None) -> Number:  # noqa: ARG002
        """The sum, term by term."""
        total, add = Number(value=0.0), named("add")
        for scalar in scalars:
            total = scalar if total.value == 0 else self.apply(add, dtype, total, scalar)
        return total

    def product(self, scalars: Sequence[Number], dtype: str) -> Number:
        """The product, factor by factor."""
        total, multiply = Number(value=1.0), named("mul")
        for scalar in scalars:
            total = self.apply(multiply, dtype, total, scalar)
        return total

    def inner(self, left: Sequence[Number], right: Sequence[Number], dtype: str) -> Number:
        """The inner product, term by term."""
        multiply = named("mul")
        pairs = zip(left, right, strict=True)
        return self.sum([self.apply(multiply, dtype, *pair) for pair in pairs], dtype)

    def magnitude(self, scalar: Number) -> arb:
        """The absolute value."""
        return abs(arb(scalar.value))

    def widened(
        self,
        scalar: Number,
        dtype: str,  # noqa: ARG002
        *,
        magnitude: arb,  # noqa: ARG002
        roundings: float,  # noqa: ARG002
        underflows: float,  # noqa: ARG002
    ) -> Number:
        """The number itself: nothing is bounded here."""
        return scalar

    def solve(
        self, matrix: Sequence[Sequence[Number]], right: Sequence[Number], dtype: str
    ) -> list[Number]:
        """The solution of a linear system; infinite where the matrix is singular."""
        found = (*(entry for row in matrix for entry in row), *right)
        try:
            values = np.linalg.solve(
                np.array([[entry.value for entry in row] for row in matrix]),
                np.array([entry.value for entry in right]),
            )
        except np.linalg.LinAlgError:
            values = np.full(len(right), np.inf)
        return [
            self._brought(_rounded(float(v), dtype), found, "a singular matrix") for v in values
        ]

    def factor(
        self, factorisation: Factorisation, scalars: Sequence[Number], dtype: str
    ) -> list[Number]:
        """The solution of a linear system; JAX itself evaluates what else there is.

        Raises:
            NotImplementedError: for any other factorisation.
        """
        if not isinstance(factorisation, Solution):
            raise NotImplementedError(type(factorisation).__name__)
        return factorisation.values(self, dtype, scalars)

    def estimate(self, primitive: str, value: float, spread: float, dtype: str) -> Number:  # noqa: ARG002
        """What JAX's own evaluation gave."""
        origin = None
        if not math.isfinite(value):
            origin = Origin(trap=f"{primitive} gives none", at=self.at)
        return Number(value=value, maker=self.maker, origin=origin)

    def _brought(self, value: float, scalars: Sequence[Number], trap: str) -> Number:
        origin = None
        if not math.isfinite(value):
            brought = (scalar.origin for scalar in scalars if scalar.origin is not None)
            origin = next(brought, Origin(trap=trap, at=self.at))
        return Number(value=value, maker=self.maker, origin=origin)

    def extremum(self, scalars: Sequence[Number], dtype: str, *, larger: bool) -> Number:  # noqa: ARG002
        """The first of the largest (or smallest); NaN if there is one."""
        for scalar in scalars:
            if math.isnan(scalar.value):
                return scalar
        return (max if larger else min)(scalars, key=lambda scalar: scalar.value)

    def stopped(self, scalar: Number) -> Number:
        """The number itself."""
        return scalar

    def decide(self, scalar: Number) -> float:
        """The number."""
        return scalar.value

    def overlap(self, left: Number, right: Number) -> bool:  # noqa: ARG002
        """Never: these are the very numbers that are compared."""
        return False


def _value(function: Elementary, values: Sequence[float]) -> float:
    """A function's value; as IEEE 754 has it where the exact one is no number."""
    found = arb("nan")
    if all(map(math.isfinite, values)):
        found = arb(function.evaluate(*map(arb, values)))
        if found.is_finite() and found.rad() <= abs(found.mid()):
            return float(found.mid())
    name = function.name
    with np.errstate(all="ignore"):
        if name in _IEEE:
            return float(_IEEE[name](*map(np.float64, values)))
        if name.startswith("integer_pow["):
            exponent = float(name.removeprefix("integer_pow[").removesuffix("]"))
            return float(np.power(np.float64(values[0]), exponent))
    return float(found.mid()) if found.is_finite() else math.nan


def _rounded(value: float, dtype: str) -> float:
    kind, tiny, largest = _kind(dtype)
    if tiny <= abs(value) <= largest:
        return float(np.float64(value).astype(kind))
    with np.errstate(all="ignore"):
        return float(np.float64(value).astype(kind))


@cache
def _kind(dtype: str) -> tuple[np.dtype[Any], float, float]:
    """A dtype, its smallest normal number and its largest, between which no conversion warns."""
    kind = np.dtype(dtype)
    if kind.kind in "iub":
        return kind, 0.0, -1.0
    numbers = arithmetic(dtype)
    return kind, numbers.tiny, numbers.largest


def _nan_trap(name: str, values: Sequence[float]) -> str:
    """What makes a NaN of numbers."""
    infinite = any(map(math.isinf, values))
    if name in {"add", "add_any", "sub"}:
        return "∞−∞"
    if name == "mul":
        return "0·∞"
    if name == "div":
        return "∞/∞" if infinite else "0/0"
    return f"{name} at ∞" if infinite else f"{name} outside its domain"


def _pole(name: str, scalars: Sequence[Number]) -> str:
    """What makes an infinity of finite numbers."""
    values = [scalar.value for scalar in scalars]
    if name == "div" and values[1] == 0:
        maker = getattr(scalars[1].maker, "primitive", None)
        made = getattr(maker, "name", "")
        made = "pow" if made == "integer_pow" else made
        return f"{made} at 0" if made in _ROOTS else "1/0"
    if name.startswith("integer_pow"):
        name = "pow"
    if name == "pow" and values[0] != 0:
        return "overflow"
    if name in _ROOTS and values[0] == 0:
        return f"{name} at 0"
    at_end = name in {"atanh", "erf_inv", "lgamma", "digamma", "log1p", "polygamma", "zeta"}
    return f"{name} at a pole" if at_end else "overflow"
