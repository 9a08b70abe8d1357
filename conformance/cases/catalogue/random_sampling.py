"""Random sampling with a fixed key, differentiated by the parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import MATRIX_DTYPES, POSITIVE, SHAPE, SYMMETRIC
from gradlaw.strategies.domains import Domain


def sampled(
    name: str,
    signature: str,
    *domains: Domain | None,
    call: Callable[..., Any],
    variant: str = "",
    since: str = "",
    dtypes: tuple[str, ...] = MATRIX_DTYPES,
) -> Entry:
    """Samples with a fixed key; ``call`` is given ``(sampler, key, *parameters)``."""
    return entry(
        f"jax.random.{name}",
        signature,
        *domains,
        variant=variant,
        call=lambda f, *parameters: call(f, jax.random.key(7), *parameters),
        since=since,
        dtypes=dtypes,
        max_size=5,
    )


RANDOM_SAMPLING = (
    sampled(
        "normal",
        "(n),(n)",
        None,
        POSITIVE,
        variant="location and scale",
        call=lambda f, k, x, y: x + y * f(k, x.shape, x.dtype),
    ),
    sampled(
        "uniform",
        "(),()",
        Domain(upper=0),
        Domain(lower=1),
        variant="by bounds",
        call=lambda f, k, x, y: f(k, (3,), x.dtype, minval=x, maxval=y),
    ),
    sampled(
        "truncated_normal",
        "(),()",
        Domain(lower=-3, upper=-1),
        Domain(lower=1, upper=3),
        call=lambda f, k, x, y: f(k, x, y, (3,), x.dtype),
    ),
    sampled("gamma", "(2)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled("loggamma", "(2)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled("beta", "(2),(2)", SHAPE, SHAPE, call=lambda f, k, x, y: f(k, x, y, dtype=x.dtype)),
    sampled("dirichlet", "(3)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled("t", "(2)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled("chisquare", "(2)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled("f", "(2),(2)", SHAPE, SHAPE, call=lambda f, k, x, y: f(k, x, y, dtype=x.dtype)),
    sampled("pareto", "(2)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled("wald", "(2)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled(
        "weibull_min", "(),()", SHAPE, SHAPE, call=lambda f, k, x, y: f(k, x, y, (3,), x.dtype)
    ),
    sampled("rayleigh", "(2)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled("lognormal", "(2)", SHAPE, call=lambda f, k, x: f(k, x, dtype=x.dtype)),
    sampled(
        "triangular",
        "(),(),()",
        Domain(lower=-2, upper=-1),
        SYMMETRIC,
        Domain(lower=1, upper=2),
        call=lambda f, k, x, y, z: f(k, x, y, z, (3,), x.dtype),
    ),
    sampled("generalized_normal", "()", SHAPE, call=lambda f, k, x: f(k, x, (3,), x.dtype)),
    sampled(
        "multivariate_normal",
        "(3),(3,3)",
        None,
        SYMMETRIC,
        call=lambda f, k, x, y: f(
            k, x, y @ y.T + jnp.eye(3, dtype=y.dtype), dtype=x.dtype, method="cholesky"
        ),
    ),
    sampled(
        "exponential",
        "()",
        POSITIVE,
        variant="scaled",
        call=lambda f, k, x: x * f(k, (3,), x.dtype),
    ),
    sampled(
        "gumbel",
        "(3)",
        variant="perturbed softmax",
        call=lambda f, k, x: jax.nn.softmax(x + f(k, x.shape, x.dtype)),
    ),
    sampled(
        "laplace",
        "(),()",
        None,
        POSITIVE,
        variant="location and scale",
        call=lambda f, k, x, y: x + y * f(k, (3,), x.dtype),
    ),
    sampled(
        "logistic",
        "(),()",
        None,
        POSITIVE,
        variant="location and scale",
        call=lambda f, k, x, y: x + y * f(k, (3,), x.dtype),
    ),
    sampled(
        "cauchy",
        "(),()",
        None,
        POSITIVE,
        variant="location and scale",
        call=lambda f, k, x, y: x + y * f(k, (3,), x.dtype),
    ),
    sampled(
        "maxwell", "()", POSITIVE, variant="scaled", call=lambda f, k, x: x * f(k, (3,), x.dtype)
    ),
    sampled(
        "double_sided_maxwell",
        "(),()",
        None,
        POSITIVE,
        call=lambda f, k, x, y: f(k, x, y, (3,), x.dtype),
    ),
    sampled(
        "bernoulli",
        "(n)",
        variant="dropout",
        call=lambda f, k, x: jnp.where(f(k, 0.5, x.shape), x / 0.5, 0),
    ),
    sampled("permutation", "(4)", call=lambda f, k, x: f(k, x)),
    sampled("choice", "(5)", call=lambda f, k, x: f(k, x, (3,))),
    sampled("categorical", "(4)", variant="of its own logits", call=lambda f, k, x: x[f(k, x)]),
    sampled(
        "ball", "()", POSITIVE, variant="scaled", call=lambda f, k, x: x * f(k, 2, dtype=x.dtype)
    ),
    sampled(
        "orthogonal", "(3)", variant="rotated", call=lambda f, k, x: f(k, 3, dtype=x.dtype) @ x
    ),
    entry(
        "lax.random_gamma_grad",
        "(*n),(*n)",
        SHAPE,
        SHAPE,
        variant="as a factor",
        call=lambda f, x, y: jax.lax.stop_gradient(f(x, y)) * x,
        dtypes=MATRIX_DTYPES,
    ),
)
