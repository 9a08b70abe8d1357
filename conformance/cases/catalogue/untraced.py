"""Entries whose program is no oracle of their derivatives, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

import jax
from packaging.version import Version

_RULES_OF_0_12: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "jax.scipy.special.ndtri",
            "jax.scipy.stats.norm.ppf",
            "jax.scipy.stats.norm.isf",
        ),
        "as dawsn, since 0.12: the rule is sqrt(2 pi) exp(x^2/2) at the value x, of which the "
        "program is an approximation; before, the approximation itself is differentiated",
    ),
    "jax.scipy.special.erfcx": (
        "as dawsn, since 0.12: polynomials, whose second derivative is off by 62 ULP of float64 at "
        "1.5, JAX's rule by none (mpmath)"
    ),
}

UNTRACED: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "jax.scipy.special.betaln(by definition)",
            "jax.scipy.special.beta(by definition)",
            "jax.scipy.stats.beta.logpdf(by definition)",
        ),
        "the entry without a variant takes the program, an asymptotic series from 8 on, at its "
        "word; that has seven digits in float64 (FINDINGS.md), and is held against lgamma here",
    ),
    "jax.scipy.special.dawsn(near zero)": "as dawsn",
    "jax.scipy.special.dawsn": (
        "the program is a rational approximation, piece by piece, and JAX's rule differentiates "
        "Dawson's integral itself, 1 - 2x F(x): they differ by the approximation's error, 137 ULP "
        "of float64 for large x"
    ),
    "jax.scipy.special.erfcinv": (
        "as dawsn: JAX's rule is -sqrt(pi)/2 exp(x^2) at the value x, which is approximated"
    ),
    "jax.scipy.special.sici": (
        "as dawsn, by rational approximations: the second derivative of theirs is off by 16 ULP of "
        "float64, that of JAX's rule, sin(x)/x and cos(x)/x, by none (mpmath)"
    ),
    "jax.scipy.special.wofz": (
        "as dawsn: JAX's rule differentiates the Faddeeva function, -2z w(z) + 2i/sqrt(pi), and "
        "the program approximates it"
    ),
    "jax.scipy.special.hyp1f1": (
        "the program ends its series where a term no longer tells in the value: the derivative of "
        "the terms that it took is off by up to 13 unit roundoffs of float64, JAX's rule, "
        "a/b 1F1(a + 1; b + 1; x), by less than one (mpmath)"
    ),
    "jax.scipy.special.hyp2f1": (
        "its rules by the parameters end their series where rounding decides, or after 250 terms, "
        "which is too early near 1 (FINDINGS.md): an exact reading takes ten seconds and is a hull "
        "of many ends"
    ),
    "jax.scipy.special.exp1": (
        "the program ends its series, or its continued fraction, where a term no longer tells in "
        "the value: the derivative of what it took is off by 2 ULP of float64 at 3.4155, JAX's "
        "rule, -exp(-x)/x, by none (mpmath)"
    ),
    "jax.scipy.special.expi": (
        "as exp1, by rational approximations: the second derivative of the one at 7.75 is off by "
        "16 ULP of float64, that of JAX's rule, exp(x)/x, by none (mpmath)"
    ),
    "jax.scipy.special.owens_t": (
        "the program adds a quadrature whose terms err by 1e-285 and cancel: the derivative by a "
        "is 3.2e-315 at (12, 3), as JAX's rule has it (mpmath), and that of the program -1.5e-285"
    ),
    "jax.scipy.special.expn": "as exp1: JAX's rule for n is -expn(n - 1, x)",
    **dict.fromkeys(
        (
            "jax.random.gamma",
            "jax.random.loggamma",
            "jax.random.beta",
            "jax.random.dirichlet",
            "jax.random.t",
            "jax.random.chisquare",
            "jax.random.f",
            "jax.random.generalized_normal",
        ),
        "a gamma variate is drawn by rejection, and its rule is that of the implicit function "
        "theorem on the distribution function: the sampler's own program, whose accepted branch "
        "also moves with the parameter, has another derivative at the same key",
    ),
    **(_RULES_OF_0_12 if Version(jax.__version__) >= Version("0.12") else {}),
}
"""By the entry's name, for the installed release."""
