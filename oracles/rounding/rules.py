"""Rounding rules: the relative error of one primitive, in units of the dtype's roundoff."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from flint import arb

from gradlaw.oracles.rounding.library import DOCUMENTED, MEASURED


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The error of a primitive's result.

    Attributes:
        roundoffs: relative error in units of ``unit_roundoff`` (half a ULP or more).
        absolute: absolute error in the same units, where a formula of the library cancels.
        positive: the same where the argument is positive; None where that makes no difference.
        parameter: absolute error in the same units for each a log₂(a + 2) of the first argument a,
            a parameter of the function.
        argument: relative error of each argument in the same units, before the function is
            applied, where the library's formula rounds one.
        underflows: how many results on the way may underflow and err by as much in the end.
        source: where the figure comes from.
    """

    roundoffs: float
    source: str
    absolute: float = 0.0
    positive: float | None = None
    parameter: float = 0.0
    argument: float = 0.0
    underflows: float = 0.0

    def absolute_at(self, *scalars: arb) -> float:
        """The absolute error at arguments, in units of ``unit_roundoff``."""
        if self.positive is not None and all(scalar > 0 for scalar in scalars):
            return self.positive
        if not self.parameter:
            return self.absolute
        size = float(abs(scalars[0]).upper())
        return self.absolute + self.parameter * size * math.log2(size + 2)


_IEEE = "IEEE 754-2019, section 5.4.1: correctly rounded"
_RECIPROCAL = (
    "XLA's algebraic simplifier divides by a constant through its rounded reciprocal: two roundings"
)
_EXACT = "changes no digit"

BASIC: dict[str, Rule] = {
    "add": Rule(roundoffs=1, source=_IEEE),
    "add_any": Rule(roundoffs=1, source=_IEEE),
    "sub": Rule(roundoffs=1, source=_IEEE),
    "mul": Rule(roundoffs=1, source=_IEEE),
    "square": Rule(roundoffs=1, source=_IEEE),
    "div": Rule(roundoffs=2, source=_RECIPROCAL),
    "neg": Rule(roundoffs=0, source=_EXACT),
    "sqrt": Rule(
        roundoffs=2, source="IEEE 754-2019, section 5.4.1; GPU: CUDA's sqrt.approx, 1 ULP"
    ),
    "rsqrt": Rule(roundoffs=4, source="CUDA C++ Programming Guide: rsqrtf 2 ULP; CPU: 1/sqrt(x)"),
}
"""Primitives whose error is the same on every backend."""

_STANDARD = "OpenCL 3.0, section 7.4, full profile: what is demanded of any device"
_CALIBRATED = "XLA's CPU backend as measured by calibration.py, on JAX 0.10.2 and 0.12.0"

EXACT = frozenset({"sign", "floor", "ceil", "round", "rem"})
"""Primitives whose exact result is a number of the dtype."""

GPU_DIVISION = Rule(
    roundoffs=5,
    source="PTX ISA, div.full.f32: 2 ULP, to which XLA lowers float32 division; and a reciprocal",
)

PART = Rule(roundoffs=0, source="a part of a complex number, which is widened by the number's norm")

PARTIAL = Rule(roundoffs=2, source="an exact partial derivative taken as one step of 1 ULP")

ROOT_PARTIALS: dict[str, Rule] = {
    "sqrt": Rule(roundoffs=4, source="1 / (2 sqrt(x)): the root, and a division"),
    "rsqrt": Rule(roundoffs=6, source="rsqrt(x) / (2x): the function itself, and a division"),
}
"""Partial derivatives that are made of the function itself, with its own error and one more."""

PLAIN = frozenset({*BASIC, "sin", "cos", "exp", "exp2", "log", "log2"})
"""Functions whose derivative is a product of a plain function: what 1 ULP is asked of."""

BUDGET = Rule(
    roundoffs=32,
    source="an exact partial derivative of a library function, judged as a whole: 16 ULP, the most "
    "that OpenCL 3.0, section 7.4, full profile, allows any function",
)

PUBLIC = frozenset({"dawsn", "expi", "expn", "ndtri", "erfcinv", "owens_t", "hyp1f1", "si", "ci"})
"""Functions that no primitive computes: the public function is one step."""

WHOLE = Rule(
    roundoffs=BUDGET.roundoffs,
    underflows=BUDGET.roundoffs / 2,
    source="a public function of many steps, or its exact partial derivative, as one step: 16 ULP, "
    "as any function may have by OpenCL 3.0, section 7.4, full profile, of subnormal numbers too",
)


@cache
def power(primitive: str) -> int | None:
    """The exponent of ``integer_pow[y]``; None for any other primitive."""
    prefix = "integer_pow["
    return int(primitive[len(prefix) : -1]) if primitive.startswith(prefix) else None


@cache
def rule(primitive: str, backend: str = "cpu", dtype: str = "float32") -> Rule | None:
    """The rounding rule of an elementwise primitive on a backend; None if there is none."""
    if primitive == "div" and backend not in {"cpu", "tpu"}:
        return GPU_DIVISION
    if primitive.startswith("d "):
        return _partial_rule(primitive.removeprefix("d "), backend)
    if primitive.startswith("part "):
        return PART
    if (exponent := power(primitive)) is not None:
        division = (GPU_DIVISION if backend not in {"cpu", "tpu"} else BASIC["div"]).roundoffs
        return Rule(
            roundoffs=max(abs(exponent) - 1, 0) + (division if exponent < 0 else 0),
            source="products of |y| factors, and JAX's 1 / x**|y|: S. M. Rump, F. Bünger and "
            "C.-P. Jeannerod, Improved error bounds for floating-point products, BIT 56 (2016)",
        )
    if primitive in EXACT:
        return BASIC["neg"]
    if primitive in PUBLIC:
        return WHOLE
    return BASIC.get(primitive) or _library_rule(primitive, backend, dtype)


def _partial_rule(function: str, backend: str) -> Rule:
    """The rule of a function's exact partial derivatives, of any order."""
    if (exponent := power(function)) is not None:
        lower = rule(f"integer_pow[{exponent - 1}]", backend)
        assert lower is not None
        return Rule(
            roundoffs=max(PARTIAL.roundoffs, lower.roundoffs + 1),
            underflows=abs(exponent),
            source="y · x**(y - 1): a power, which may underflow, and a product with y",
        )
    if function in PUBLIC:
        return WHOLE
    return ROOT_PARTIALS.get(function) or (PARTIAL if function in PLAIN | EXACT else BUDGET)


def _library_rule(primitive: str, backend: str, dtype: str) -> Rule | None:
    """What was measured on the CPU; elsewhere no less than what the standard demands."""
    documented, found = DOCUMENTED.get(primitive), MEASURED.get(primitive)
    demanded = Rule(roundoffs=2 * documented, source=_STANDARD) if documented else None
    if found is None or dtype not in found._fields:
        return demanded
    roundoffs = float(getattr(found, dtype))
    if documented and dtype in {"float32", "float64"}:
        # Another machine's instructions round otherwise; none may err more than is demanded.
        roundoffs = max(roundoffs, min(2 * roundoffs, 2 * documented))
    return Rule(
        roundoffs=roundoffs if backend == "cpu" else max(roundoffs, 2 * (documented or 0)),
        absolute=found.absolute.get(dtype, 0.0),
        positive=found.positive.get(dtype) if backend == "cpu" else None,
        parameter=found.parameter.get(dtype, 0.0),
        argument=found.argument.get(dtype, 0.0),
        underflows=found.underflows.get(dtype, 0.0),
        source=_CALIBRATED,
    )


def product_error(dtype: str, backend: str) -> float:
    """The relative error that narrowed operands add to each product of a ``dot_general``.

    Source: NVIDIA, TF32 in the A100 whitepaper: ten explicit significand bits, so that each of two
    operands errs by 2**-11; JAX's default ``Precision`` admits it for float32.
    """
    if dtype == "float32" and backend in {"gpu", "cuda"}:
        return 2.0**-10 + 2.0**-22
    if dtype == "float32" and backend == "tpu":
        return 2.0**-7 + 2.0**-16
    return 0.0
