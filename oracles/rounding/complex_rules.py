"""Rounding rules of complex functions: errors relative to the modulus of the result."""

from __future__ import annotations

from functools import cache

from gradlaw.oracles.rounding.rules import Rule

ONE_FACTOR = 2.25
"""Roundoffs of a complex multiplication, a little more than √5 for the terms of higher order.

Source: R. P. Brent, C. Percival and P. Zimmermann, Error bounds on complex floating-point
multiplication, Math. Comp. 76 (2007), theorem 1.
"""

_MEASURED = (
    "XLA's CPU backend, JAX 0.5.0 and 0.10.2, x86-64: a quarter above the worst of some ten "
    "thousand numbers of all magnitudes, whose largest errors rise with the argument or at poles"
)

COMPLEX: dict[str, Rule] = {
    "div": Rule(
        roundoffs=10,
        source="N. J. Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.5 and "
        "problem 27.1: √2·7 for Smith's formula",
    ),
    "abs": Rule(roundoffs=4, source="a quotient, a square, a sum, a square root and a product"),
    "sign": Rule(roundoffs=6, source="a modulus and two quotients"),
    "sqrt": Rule(roundoffs=4, source=_MEASURED),
    "rsqrt": Rule(roundoffs=6, source=_MEASURED),
    "exp": Rule(roundoffs=4, source=_MEASURED),
    "exp2": Rule(roundoffs=4, argument=1.25, source=_MEASURED),
    "expm1": Rule(roundoffs=6, argument=1, source=_MEASURED),
    "log": Rule(roundoffs=3, source=_MEASURED),
    "log1p": Rule(roundoffs=4, source=_MEASURED),
    "log2": Rule(roundoffs=6, source="a logarithm, a constant and a quotient by it: jax.lax.log2"),
    "logistic": Rule(roundoffs=4, argument=1.25, source=_MEASURED),
    "pow": Rule(roundoffs=6, source=_MEASURED),
    "sin": Rule(roundoffs=7, source=_MEASURED),
    "cos": Rule(roundoffs=6, source=_MEASURED),
    "tan": Rule(roundoffs=5, argument=1.5, source=_MEASURED),
    "sinh": Rule(roundoffs=4, argument=1.25, absolute=2, source=_MEASURED),
    "cosh": Rule(roundoffs=4, argument=1.25, source=_MEASURED),
    "tanh": Rule(roundoffs=5, argument=1.5, source=_MEASURED),
    "asin": Rule(roundoffs=4, source=_MEASURED),
    "acos": Rule(roundoffs=4, source=_MEASURED),
    "atan": Rule(roundoffs=4, source=_MEASURED),
    "asinh": Rule(roundoffs=4, source=_MEASURED),
    "acosh": Rule(roundoffs=4, source=_MEASURED),
    "atanh": Rule(roundoffs=4.5, source=_MEASURED),
}
"""By JAX's name; ``absolute`` where XLA subtracts two exponentials that cancel."""

_DOUBLE_LOGARITHM = Rule(
    roundoffs=270,
    source="XLA's CPU backend: its float64 log1p, by which the modulus's logarithm is computed, "
    "was seen to err by 216 roundoffs",
)


@cache
def complex_rule(primitive: str, dtype: str = "float32") -> Rule:
    """The rule of a primitive on complex numbers.

    Args:
        primitive: JAX's name.
        dtype: of the parts.

    Raises:
        KeyError: if there is none.
    """
    if primitive in {"log", "log1p", "log2"} and dtype == "float64":
        return _DOUBLE_LOGARITHM
    return COMPLEX[primitive]
