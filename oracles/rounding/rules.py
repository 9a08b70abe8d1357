"""Rounding rules: the relative error of one primitive, in units of the dtype's roundoff."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The error of a primitive's result.

    Attributes:
        roundoffs: relative error in units of ``unit_roundoff`` (half a ULP or more).
        source: where the figure comes from.
    """

    roundoffs: float
    source: str


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

_LIBRARY = "XLA's polynomial or the platform's library; OpenCL 3.0, section 7.4, asks for {} ULP"

TRANSCENDENTAL: dict[str, Rule] = {
    name: Rule(roundoffs=2.0 * ulps, source=_LIBRARY.format(ulps))
    for name, ulps in {
        "sin": 4,
        "cos": 4,
        "tan": 5,
        "exp": 3,
        "log": 3,
        "log1p": 2,
        "expm1": 3,
        "sinh": 4,
        "cosh": 4,
        "tanh": 5,
        "asin": 4,
        "acos": 4,
        "atan": 5,
        "asinh": 4,
        "acosh": 4,
        "atanh": 5,
        "erf": 16,
        "erfc": 16,
        "logistic": 8,
    }.items()
}
"""Library functions, at the accuracy that OpenCL's full profile demands of any device."""

GPU_DIVISION = Rule(
    roundoffs=5,
    source="PTX ISA, div.full.f32: 2 ULP, to which XLA lowers float32 division; and a reciprocal",
)

PARTIAL = Rule(roundoffs=2, source="an exact partial derivative taken as one step of 1 ULP")


@cache
def power(primitive: str) -> int | None:
    """The exponent of ``integer_pow[y]``; None for any other primitive."""
    prefix = "integer_pow["
    return int(primitive[len(prefix) : -1]) if primitive.startswith(prefix) else None


@cache
def rule(primitive: str, backend: str = "cpu") -> Rule | None:
    """The rounding rule of an elementwise primitive on a backend; None if there is none."""
    if primitive == "div" and backend not in {"cpu", "tpu"}:
        return GPU_DIVISION
    if primitive.startswith("d "):
        return PARTIAL
    if (exponent := power(primitive)) is not None:
        division = (GPU_DIVISION if backend not in {"cpu", "tpu"} else BASIC["div"]).roundoffs
        return Rule(
            roundoffs=max(abs(exponent) - 1, 0) + (division if exponent < 0 else 0),
            source="products of |y| factors, and JAX's 1 / x**|y|: S. M. Rump, F. Bünger and "
            "C.-P. Jeannerod, Improved error bounds for floating-point products, BIT 56 (2016)",
        )
    return BASIC.get(primitive) or TRANSCENDENTAL.get(primitive)


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
