"""Densities and distribution functions of jax.scipy.stats, by value and by parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue import closed_forms
from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import (
    MATRIX_DTYPES,
    MODERATE,
    POSITIVE,
    REAL,
    SHAPE,
    SYMMETRIC,
    UNIT,
)
from gradlaw.strategies.domains import Domain

COUNTS = np.array([0, 3, 1], dtype=np.int32)


def location_scale(
    name: str,
    functions: str,
    value: Domain = REAL,
    *parameters: Domain,
    since: str = "",
    dtypes: tuple[str, ...] | None = None,
    shape: str = "(*n)",
) -> Iterator[Entry]:
    """Each function by its value, the shape parameters, location 0 and scale.

    Args:
        name: of the distribution.
        functions: their names, separated by blanks.
        value: the domain of the value.
        parameters: of the shape parameters, in order.
        since: the first release that has them.
        dtypes: that they take; all where None.
        shape: of the value and each parameter; of loops of hundreds of steps, one number is enough.
    """
    leaves = ",".join([shape] * (1 + len(parameters)))
    quantiles = ("ppf", "isf")
    for function in functions.split():
        path = f"jax.scipy.stats.{name}.{function}"
        domain = UNIT if function in quantiles else value
        options: dict[str, Any] = {} if dtypes is None else {"dtypes": dtypes}
        yield entry(path, leaves, domain, *parameters, since=since, **options)


def scaled(name: str, signature: str, *domains: Domain) -> Entry:
    """A log density by its value, shape parameters, location and scale."""
    return entry(
        f"jax.scipy.stats.{name}.logpdf",
        signature,
        *domains,
        variant="by location and scale",
    )


def counted(name: str, signature: str, *domains: Domain, function: str = "logpmf") -> Entry:
    """A mass function by its parameters, at some counts."""
    return entry(
        f"jax.scipy.stats.{name}.{function}",
        signature,
        *domains,
        call=lambda f, *parameters: f(COUNTS, *parameters),
    )


def of_two_and_three(name: str, function: str) -> Entry:
    """By the value alone: nothing is differentiated by these shape parameters."""
    return entry(
        f"jax.scipy.stats.{name}.{function}",
        "(*n)",
        UNIT,
        variant="2,3",
        call=lambda f, x: f(x, jnp.asarray(2, x.dtype), jnp.asarray(3, x.dtype)),
    )


def _beta_logpdf(x: Any, a: Any, b: Any) -> Any:
    return (a - 1) * jnp.log(x) + (b - 1) * jnp.log1p(-x) - closed_forms.betaln(a, b)


DENSITIES = (
    *location_scale("beta", "pdf logpdf", UNIT, SHAPE, SHAPE),
    entry(
        "jax.scipy.stats.beta.logpdf",
        "(*n),(*n),(*n)",
        UNIT,
        SHAPE,
        SHAPE,
        variant="by definition",
        dtypes=MATRIX_DTYPES,
        approximates=_beta_logpdf,
    ),
    *(of_two_and_three("beta", name) for name in ("cdf", "logcdf", "sf", "logsf")),
    *location_scale("cauchy", "pdf logpdf cdf logcdf sf logsf isf ppf"),
    *location_scale("chi2", "pdf logpdf", POSITIVE, SHAPE),
    *location_scale("chi2", "cdf logcdf sf logsf", POSITIVE, SHAPE, shape="()"),
    *location_scale("expon", "pdf logpdf", POSITIVE),
    *location_scale("expon", "cdf logcdf sf logsf ppf", POSITIVE, since="0.10"),
    *location_scale("gamma", "pdf logpdf", POSITIVE, SHAPE),
    *location_scale("gamma", "cdf logcdf sf logsf", POSITIVE, SHAPE, shape="()"),
    *location_scale("gennorm", "pdf logpdf", REAL, SHAPE),
    *location_scale("gennorm", "cdf", REAL, SHAPE, shape="()"),
    *location_scale("gumbel_l", "pdf logpdf cdf logcdf sf logsf ppf", since="0.10"),
    *location_scale("gumbel_r", "pdf logpdf cdf logcdf sf logsf ppf", since="0.10"),
    *location_scale("laplace", "pdf logpdf cdf"),
    *location_scale("logistic", "pdf logpdf cdf sf isf ppf"),
    *location_scale("norm", "pdf logpdf cdf sf"),
    *location_scale("norm", "logcdf logsf", dtypes=MATRIX_DTYPES),
    entry(
        "jax.scipy.stats.norm.ppf",
        "(*n)",
        UNIT,
        dtypes=MATRIX_DTYPES,
        approximates=closed_forms.ndtri,
    ),
    entry(
        "jax.scipy.stats.norm.isf",
        "(*n)",
        UNIT,
        dtypes=MATRIX_DTYPES,
        approximates=lambda x: -closed_forms.ndtri(x),
    ),
    *location_scale("pareto", "pdf logpdf", Domain(lower=1.0), SHAPE),
    *location_scale("pareto", "cdf logcdf sf logsf ppf", Domain(lower=1.0), SHAPE, since="0.10"),
    *location_scale("t", "pdf logpdf", REAL, SHAPE),
    *location_scale(
        "truncnorm",
        "pdf logpdf cdf logcdf sf logsf",
        SYMMETRIC,
        Domain(lower=-4, upper=-1),
        Domain(lower=1, upper=4),
        dtypes=MATRIX_DTYPES,
        shape="(n)",
    ),
    *location_scale("uniform", "pdf logpdf cdf ppf", UNIT),
    *location_scale("vonmises", "pdf logpdf", REAL, SHAPE),
    *location_scale("wrapcauchy", "pdf logpdf", Domain(lower=0.0, upper=6.25), UNIT),
    scaled(
        "beta", "(n),(),(),(),()", UNIT, SHAPE, SHAPE, Domain(lower=-1, upper=0), Domain(lower=2)
    ),
    scaled("cauchy", "(n),(),()", REAL, REAL, POSITIVE),
    scaled("expon", "(n),(),()", POSITIVE, Domain(upper=0.0), POSITIVE),
    scaled("gamma", "(n),(),(),()", POSITIVE, SHAPE, Domain(upper=0.0), POSITIVE),
    scaled("laplace", "(n),(),()", REAL, REAL, POSITIVE),
    scaled("logistic", "(n),(),()", REAL, REAL, POSITIVE),
    scaled("norm", "(n),(),()", REAL, REAL, POSITIVE),
    scaled("t", "(n),(),(),()", REAL, SHAPE, REAL, POSITIVE),
    scaled("uniform", "(n),(),()", UNIT, Domain(lower=-2, upper=0), Domain(lower=3)),
    counted("bernoulli", "()", UNIT),
    counted("bernoulli", "()", UNIT, function="pmf"),
    counted("betabinom", "(),(),()", Domain(lower=4, upper=9), SHAPE, SHAPE),
    counted("binom", "(),()", Domain(lower=4, upper=9), UNIT),
    counted("geom", "()", UNIT),
    counted("nbinom", "(),()", SHAPE, UNIT),
    counted("poisson", "()", POSITIVE),
    counted("poisson", "()", POSITIVE, function="pmf"),
    counted("poisson", "()", SHAPE, function="cdf"),
    entry(
        "jax.scipy.stats.multinomial.logpmf",
        "(3)",
        UNIT,
        call=lambda f, p: f(COUNTS, 4, p / jnp.sum(p)),
    ),
    entry(
        "jax.scipy.stats.dirichlet.logpdf",
        "(3),(3)",
        UNIT,
        SHAPE,
        call=lambda f, x, y: f(x / jnp.sum(x), y),
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.stats.multivariate_normal.logpdf",
        "(3),(3),(3,3)",
        MODERATE,
        MODERATE,
        SYMMETRIC,
        call=lambda f, x, y, z: f(x, y, z @ z.T + jnp.eye(3, dtype=z.dtype)),
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.stats.multivariate_normal.pdf",
        "(2),(2)",
        MODERATE,
        MODERATE,
        variant="unit covariance",
        call=lambda f, x, y: f(x, y, jnp.eye(2, dtype=x.dtype)),
        dtypes=MATRIX_DTYPES,
    ),
    entry(
        "jax.scipy.stats.gaussian_kde",
        "(5),(2)",
        SYMMETRIC,
        SYMMETRIC,
        variant="evaluate",
        call=lambda f, x, y: f(x + np.arange(5, dtype=x.dtype)).evaluate(y),
        dtypes=MATRIX_DTYPES,
    ),
)
