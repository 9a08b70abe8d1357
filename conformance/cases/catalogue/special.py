"""Special functions: jax.scipy.special and those of lax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from packaging.version import Version

from gradlaw.conformance.cases.catalogue import closed_forms
from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import (
    ABOVE_MINUS_ONE,
    ABOVE_ONE,
    MATRIX_DTYPES,
    MODERATE,
    POSITIVE,
    SHAPE,
    SYMMETRIC,
    UNIT,
    ZERO,
)
from gradlaw.strategies.domains import Domain

WIDE = ("float32", "float64")
"""Some special functions refuse half precision."""
BELOW_TWO = Domain(lower=0.0, upper=2.0)
ENDING = POSITIVE if Version(jax.__version__) >= Version("0.12") else Domain(lower=2.0**-4)
"""Under vmap, the continued fraction of expn runs for ever at 1e-5 before 0.12."""
POCHHAMMER = Domain(lower=0.125, upper=8.0)
"""Where the gamma function of a sum stays far from overflow."""


def in_several_ranks(f: Callable[..., Any], x: Any) -> list[Any]:
    """By the second argument, of rank 3 and less; twice by the first JAX refuses."""
    arrays = x, x[-1], x[-1, -1], x[-1, -1, -1]
    return [f(jnp.full_like(array, 2.5), array) for array in arrays]


SPECIAL = (
    entry("jax.scipy.special.bessel_jn", "()", SHAPE, v=2, dtypes=WIDE, heavy=True),
    entry("jax.scipy.special.beta", "(*n),(*n)", SHAPE, SHAPE),
    entry(
        "jax.scipy.special.betainc",
        "(*n)",
        UNIT,
        variant="2,3",
        call=lambda betainc, x: betainc(jnp.asarray(2, x.dtype), jnp.asarray(3, x.dtype), x),
    ),
    entry("jax.scipy.special.betaln", "(*n),(*n)", SHAPE, SHAPE),
    entry(
        "jax.scipy.special.betaln",
        "(*n),(*n)",
        SHAPE,
        SHAPE,
        variant="by definition",
        dtypes=MATRIX_DTYPES,
        approximates=closed_forms.betaln,
    ),
    entry(
        "jax.scipy.special.beta",
        "(*n),(*n)",
        SHAPE,
        SHAPE,
        variant="by definition",
        dtypes=MATRIX_DTYPES,
        approximates=lambda a, b: jnp.exp(closed_forms.betaln(a, b)),
    ),
    entry("jax.scipy.special.boxcox", "(*n),(*n)", POSITIVE, MODERATE, since="0.10"),
    entry("jax.scipy.special.boxcox1p", "(*n),(*n)", ABOVE_MINUS_ONE, MODERATE, since="0.10"),
    entry("jax.scipy.special.comb", "(*n),(*n)", Domain(lower=4, upper=9), UNIT, since="0.10"),
    entry("jax.scipy.special.dawsn", "(*n)", since="0.10", approximates=closed_forms.dawsn),
    entry(
        "jax.scipy.special.dawsn",
        "(*n)",
        # Beyond, 1 - 2x F(x) cancels.
        Domain(lower=-0.75, upper=0.75),
        variant="near zero",
        since="0.10",
        approximates=closed_forms.dawsn,
    ),
    entry("jax.scipy.special.digamma", "(*n)", POSITIVE),
    entry("jax.scipy.special.entr", "(*n)", POSITIVE),
    entry("jax.scipy.special.erf", "(*n)"),
    entry("jax.scipy.special.erfc", "(*n)"),
    entry(
        "jax.scipy.special.erfcinv",
        "(*n)",
        BELOW_TWO,
        since="0.12",
        approximates=closed_forms.erfcinv,
    ),
    entry("jax.scipy.special.erfcx", "(*n)", since="0.10", approximates=closed_forms.erfcx),
    entry("jax.scipy.special.erfinv", "(*n)", SYMMETRIC),
    entry(
        "jax.scipy.special.exp1",
        "()",
        ENDING,
        approximates=lambda x: closed_forms.expn(1, x),
    ),
    entry("jax.scipy.special.expi", "()", POSITIVE, approximates=closed_forms.expi),
    entry("jax.scipy.special.expit", "(*n)"),
    entry(
        "jax.scipy.special.expn",
        "()",
        ENDING,
        call=lambda expn, x: expn(2, x),
        approximates=lambda x: closed_forms.expn(2, x),
    ),
    entry("jax.scipy.special.factorial", "(*n)", SHAPE),
    entry("jax.scipy.special.fresnel", "(*n)", dtypes=WIDE),
    entry("jax.scipy.special.gamma", "(*n)", SHAPE),
    entry("jax.scipy.special.gammainc", "(*n),(*n)", SHAPE, SHAPE),
    entry("jax.scipy.special.gammaincc", "(*n),(*n)", SHAPE, SHAPE),
    entry("jax.scipy.special.gammaln", "(*n)", POSITIVE),
    entry(
        "jax.scipy.special.hyp1f1",
        "(),(),()",
        SHAPE,
        SHAPE,
        SYMMETRIC,
        dtypes=WIDE,
        approximates=closed_forms.hyp1f1,
    ),
    entry("jax.scipy.special.hyp2f1", "(),(),(),()", *(SHAPE,) * 3, UNIT, since="0.10"),
    entry("jax.scipy.special.i0", "(*n)"),
    entry("jax.scipy.special.i0e", "(*n)"),
    entry("jax.scipy.special.i1", "(*n)"),
    entry("jax.scipy.special.i1e", "(*n)"),
    entry(
        "jax.scipy.special.kl_div",
        "(*n),(*n)",
        POSITIVE,
        POSITIVE,
        # Its own program is a truncated series where both are nearly the same.
        reference=lambda x, y: x * (jnp.log(x) - jnp.log(y)) - x + y,
    ),
    entry("jax.scipy.special.log_ndtr", "(*n)", dtypes=WIDE),
    entry("jax.scipy.special.log_softmax", "(m,n)", axis=0, min_size=1),
    entry("jax.scipy.special.logit", "(*n)", UNIT),
    entry("jax.scipy.special.logsumexp", "(m,n)", axis=1, min_size=1),
    entry(
        "jax.scipy.special.logsumexp",
        "(n),(n)",
        None,
        POSITIVE,
        variant="b",
        call=lambda logsumexp, x, y: logsumexp(x, b=y),
        min_size=1,
    ),
    entry("jax.scipy.special.multigammaln", "(*n)", Domain(lower=1.5), d=3),
    entry("jax.scipy.special.ndtr", "(*n)"),
    entry(
        "jax.scipy.special.ndtri",
        "(*n)",
        UNIT,
        dtypes=WIDE,
        approximates=closed_forms.ndtri,
    ),
    entry(
        "jax.scipy.special.owens_t",
        "(*n),(*n)",
        since="0.10",
        dtypes=WIDE,
        approximates=closed_forms.owens_t,
    ),
    entry("jax.scipy.special.poch", "(*n),(*n)", POCHHAMMER, POCHHAMMER),
    entry("jax.scipy.special.polygamma", "(*n)", SHAPE, call=lambda polygamma, x: polygamma(1, x)),
    entry("jax.scipy.special.rel_entr", "(*n),(*n)", POSITIVE, POSITIVE),
    entry(
        "jax.scipy.special.sici",
        "(*n)",
        POSITIVE,
        since="0.10",
        dtypes=WIDE,
        approximates=closed_forms.sici,
    ),
    entry("jax.scipy.special.softmax", "(m,n)", axis=-1, min_size=1),
    entry(
        "jax.scipy.special.sph_harm_y",
        "(1),(1)",
        Domain(lower=0.125, upper=3.0),
        MODERATE,
        variant="degree 2, order 1",
        call=lambda f, x, y: f(np.array([2]), np.array([1]), x, y, n_max=2),
        since="0.6",
        dtypes=WIDE,
        heavy=True,
    ),
    entry("jax.scipy.special.spence", "(*n)", POSITIVE, dtypes=WIDE),
    entry(
        "jax.scipy.special.wofz",
        "(*n)",
        # Beyond, the derivative's two terms cancel.
        Domain(lower=-0.75, upper=0.75),
        since="0.10",
        dtypes=WIDE,
        approximates=closed_forms.wofz,
    ),
    entry("jax.scipy.special.xlog1py", "(*n),(*n)", None, ABOVE_MINUS_ONE),
    entry("jax.scipy.special.xlogy", "(*n),(*n)", None, POSITIVE),
    entry(
        "jax.scipy.special.zeta",
        "(*n)",
        Domain(lower=0.5),
        variant="s=2.5",
        call=lambda zeta, x: zeta(jnp.full_like(x, 2.5), x),
    ),
    entry("lax.bessel_i0e", "(*n)"),
    entry("lax.bessel_i1e", "(*n)"),
    entry(
        "lax.betainc",
        "(*n)",
        UNIT,
        variant="0.5,1.5",
        call=lambda f, x: f(jnp.full_like(x, 0.5), jnp.full_like(x, 1.5), x),
    ),
    entry("lax.digamma", "(*n)", POSITIVE),
    entry("lax.erf", "(*n)"),
    entry("lax.erf_inv", "(*n)", SYMMETRIC),
    entry("lax.erfc", "(*n)"),
    entry("lax.igamma", "(*n),(*n)", SHAPE, SHAPE),
    entry(
        "lax.igamma",
        "(k,m,n)",
        SHAPE,
        variant="2.5,several ranks",
        call=in_several_ranks,
        min_size=1,
        max_size=3,
    ),
    entry("lax.igammac", "(*n),(*n)", SHAPE, SHAPE),
    entry(
        "lax.igammac",
        "(k,m,n)",
        SHAPE,
        variant="2.5,several ranks",
        call=in_several_ranks,
        min_size=1,
        max_size=3,
    ),
    entry("lax.lgamma", "(*n)", POSITIVE),
    entry(
        "lax.polygamma",
        "(*n)",
        SHAPE,
        variant="2",
        call=lambda polygamma, x: polygamma(jnp.full_like(x, 2), x),
    ),
    entry("jnp.sinc", "(*n)", ABOVE_ONE, variant="beyond its first zero"),
    entry(
        "jnp.sinc",
        "(*n)",
        ZERO,
        variant="at zero",
        # Its series: the program has another one there, in which no derivative follows by itself.
        reference=lambda x: 1 - (np.pi * x) ** 2 / 6 + (np.pi * x) ** 4 / 120,
    ),
)
