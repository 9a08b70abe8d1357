"""The accuracy of library functions: what a standard demands, and what was measured of XLA."""

from __future__ import annotations

from typing import NamedTuple

DOCUMENTED: dict[str, float] = {
    "sin": 4,
    "cos": 4,
    "tan": 5,
    "exp": 3,
    "exp2": 3,
    "log": 3,
    "log2": 3,
    "log1p": 2,
    "expm1": 3,
    "sinh": 4,
    "cosh": 4,
    "tanh": 5,
    "asin": 4,
    "acos": 4,
    "atan": 5,
    "atan2": 6,
    "asinh": 4,
    "acosh": 4,
    "atanh": 5,
    "cbrt": 2,
    "pow": 16,
    "erf": 16,
    "erfc": 16,
    "logistic": 8,
}
"""ULPs by primitive.

Source: OpenCL 3.0, section 7.4, full profile (``logistic``: a quotient with ``exp``).
"""


class Accuracy(NamedTuple):
    """Relative errors of a primitive in units of each dtype's roundoff, and what is added to them.

    Attributes:
        float16: measured at all numbers.
        bfloat16: likewise.
        float32: a quarter above the worst of some hundred thousand numbers.
        float64: likewise.
        absolute: by dtype, as in ``Rule``.
        positive: likewise.
        parameter: likewise.
        argument: by dtype, as in ``Rule``.
        underflows: by dtype, as in ``Rule``.
    """

    float16: float
    bfloat16: float
    float32: float
    float64: float
    absolute: dict[str, float] = {}  # noqa: RUF012 (never changed)
    positive: dict[str, float] = {}  # noqa: RUF012
    parameter: dict[str, float] = {}  # noqa: RUF012
    argument: dict[str, float] = {}  # noqa: RUF012
    underflows: dict[str, float] = {}  # noqa: RUF012


_ALL = ("float16", "bfloat16", "float32", "float64")


def _each(amount: float) -> dict[str, float]:
    return dict.fromkeys(_ALL, amount)


_CANCELLED = {"float16": 0.08, "bfloat16": 0.01, "float32": 32.0, "float64": 32.0}
_GROWN = {"float32": 1.5, "float64": 1.5}
"""The exponent's terms grow as a log a, and so does what cancels; the half precisions are measured
for parameters up to 128."""

MEASURED: dict[str, Accuracy] = {
    "exp": Accuracy(1, 1, 6, 2.5),
    # exp(x · ln 2) with the product rounded, and ln 2.
    "exp2": Accuracy(2, 2, 6, 2.5, argument=_each(2)),
    "expm1": Accuracy(3, 1, 7, 6, underflows={"float16": 1}),
    "log": Accuracy(1, 1, 2.5, 1.5),
    "log2": Accuracy(2.5, 2.5, 3, 2.5),
    "log1p": Accuracy(3, 1, 4, 4),
    "sin": Accuracy(1, 1, 1.5, 1.25),
    "cos": Accuracy(1, 1, 1.5, 1.25),
    "tan": Accuracy(2.5, 1, 3, 3),
    # exp(x + ln ½) with the sum rounded.
    "sinh": Accuracy(1, 1, 9, 7, argument={"float32": 1, "float64": 1}),
    "cosh": Accuracy(1, 1, 9, 7, argument={"float32": 1, "float64": 1}),
    "tanh": Accuracy(1, 1, 6, 9),
    "asin": Accuracy(2.5, 2.5, 4, 3, underflows=_each(2)),
    "acos": Accuracy(2, 2, 3, 2),
    "atan": Accuracy(1, 1, 5, 4),
    "asinh": Accuracy(3, 2, 4.5, 4),
    "acosh": Accuracy(3, 2, 4.5, 4.5),
    "atanh": Accuracy(3, 2, 4, 10),
    # x**⅓ with ⅓ rounded: worst at the ends of the range.
    "cbrt": Accuracy(4, 1, 20, 150),
    "atan2": Accuracy(1, 1, 2.5, 1.5),
    # x², x³, √x and their reciprocals are simplified to products and roots.
    "pow": Accuracy(3, 3, 4, 4),
    # In float16 exp(−x) overflows where the result is subnormal.
    "logistic": Accuracy(3, 3, 3, 3, absolute={"float16": 0.032}),
    "one_minus_square": Accuracy(3, 3, 3, 3),
    "erf": Accuracy(1, 1, 6, 2),
    # exp(−x²) with the square rounded.
    "erfc": Accuracy(1, 1, 12, 10, argument={"float32": 0.6, "float64": 0.6}),
    # log(1 − x²), likewise.
    "erf_inv": Accuracy(1, 1, 6, 36, argument={"float32": 0.6, "float64": 0.6}),
    # By reflection: logarithms of Γ and of a sine cancel; else what is near 0 at 1 and 2.
    "lgamma": Accuracy(
        2,
        1,
        8,
        8,
        absolute={"float16": 1, "bfloat16": 0.002, "float32": 128, "float64": 320},
        positive={"float32": 60, "float64": 60},
    ),
    "digamma": Accuracy(
        2,
        1,
        8,
        8,
        absolute={"float16": 1, "float32": 32, "float64": 16},
        argument={"float16": 0.1, "float32": 2, "float64": 2},
    ),
    "bessel_i0e": Accuracy(1, 1, 8, 7),
    "bessel_i1e": Accuracy(1, 1, 24, 16),
    # The half precisions, drawn rather than exhausted: computed in float32, and rounded.
    "polygamma": Accuracy(1.1, 1.1, 64, 48),
    # A sum of nine powers, a tail and twelve corrections, each of which may be flushed.
    "zeta": Accuracy(1.1, 1.1, 24, 16, underflows={"bfloat16": 22, "float32": 22, "float64": 22}),
    # exp(a log x − x − log Γ(a)), and 1 less the other function.
    "igamma_grad_a": Accuracy(
        1.5,
        1.1,
        64,
        64,
        absolute={"float32": 32.0, "float64": 32.0},
        parameter={"float32": 0.25, "float64": 0.25},
    ),
    "igamma": Accuracy(1.5, 1.1, 32, 32, absolute=_CANCELLED, parameter=_GROWN),
    "igammac": Accuracy(1.5, 1.1, 32, 32, absolute=_CANCELLED, parameter=_GROWN),
    "regularized_incomplete_beta": Accuracy(
        1.5,
        1.1,
        128,
        128,
        absolute={"float16": 0.05, "bfloat16": 0.01, "float32": 128.0, "float64": 128.0},
    ),
}
"""XLA's CPU backend, JAX 0.10.2 and 0.12.0, x86-64 with AVX2; see ``tox -e calibrate``."""
