"""Functions without a derivative, as constant factors: their batching rules are judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import (
    ABOVE_ONE,
    MATRIX_DTYPES,
    MODERATE,
    POSITIVE,
    SHAPE,
)
from gradlaw.strategies.domains import Domain

COUNTABLE = Domain(lower=-100.0, upper=100.0)
"""What converts to an integer of any width."""


def factor(
    path: str,
    signature: str,
    *domains: Domain | None,
    call: Callable[..., Any] | None = None,
    variant: str = "as a factor",
    **options: Any,
) -> Entry:
    """The results at stopped arguments times the sum of the first one, which is differentiated.

    Args:
        path, signature, domains, variant, options: as of any entry.
        call: ``(function, *stopped arguments)``, where arguments alone do not do.
    """

    def times(function: Any, *arguments: Any) -> Any:
        stopped = [lax.stop_gradient(argument) for argument in arguments]
        results = function(*stopped) if call is None else call(function, *stopped)
        by = jnp.sum(arguments[0])
        return [result.astype(by.dtype) * by for result in jax.tree.leaves(results)]

    return entry(path, signature, *domains, variant=variant, call=times, **options)


def whole(path: str, call: Callable[..., Any] | None = None, **options: Any) -> Entry:
    """A function of integers."""

    def of_integers(function: Any, x: Any) -> Any:
        integers = x.astype(np.int32)
        return function(integers) if call is None else call(function, integers)

    return factor(path, "(n)", COUNTABLE, call=of_integers, **options)


INTEGERS = (
    whole("lax.clz"),
    whole("lax.population_count"),
    whole("lax.bitwise_not"),
    whole("lax.bitwise_and", lambda f, n: f(n, n + 3)),
    whole("lax.bitwise_or", lambda f, n: f(n, n + 3)),
    whole("lax.bitwise_xor", lambda f, n: f(n, n + 3)),
    whole("lax.shift_left", lambda f, n: f(n, np.full(n.shape, 3, np.int32))),
    whole("lax.shift_right_arithmetic", lambda f, n: f(n, np.full(n.shape, 2, np.int32))),
    whole("lax.shift_right_logical", lambda f, n: f(n * 40_009, np.full(n.shape, 12, np.int32))),
    whole("lax.reduce", lambda f, n: f(n, np.int32(0), lax.bitwise_xor, (0,)), variant="xor"),
    whole("lax.reduce", lambda f, n: f(n, np.int32(-1), lax.bitwise_and, (0,)), variant="and"),
    whole("lax.reduce", lambda f, n: f(n, np.int32(0), lax.bitwise_or, (0,)), variant="or"),
)

BITS = (
    factor(
        "lax.nextafter",
        "(*n),(*n)",
        call=lambda f, x, y: f(x.astype(np.float32), y.astype(np.float32)),
    ),
    factor(
        "lax.bitcast_convert_type",
        "(n)",
        call=lambda f, x: f(x.astype(np.float32), np.int32) % 1024,
    ),
    factor("lax.igamma_grad_a", "(n),(n)", SHAPE, POSITIVE, dtypes=MATRIX_DTYPES, max_size=5),
    factor("lax.bessel_i0e", "(n)"),
)

REDUCED = (
    factor("jnp.prod", "(m,n)", MODERATE, call=lambda f, x: f(x, axis=0), max_size=3),
    factor("lax.cummax", "(m,n)"),
    factor("lax.cummin", "(m,n)"),
    factor("lax.cumprod", "(m,n)", MODERATE, max_size=3),
    factor("lax.cumlogsumexp", "(m,n)", MODERATE),
    factor(
        "lax.reduce",
        "(n)",
        call=lambda f, x: f(x, np.zeros((), x.dtype)[()], lambda a, b: a + b * 1, (0,)),
        variant="own sum, as a factor",
    ),
    factor(
        "lax.reduce_window",
        "(5)",
        call=lambda f, x: f(
            x, np.zeros((), x.dtype)[()], lambda a, b: a + b * 1, (2,), (1,), "VALID"
        ),
        variant="own sum, as a factor",
    ),
    factor("jax.scipy.special.zeta", "(n),(n)", ABOVE_ONE, POSITIVE, dtypes=MATRIX_DTYPES),
    whole(
        "lax.linalg.lu_pivots_to_permutation",
        lambda f, n: f(jnp.sort(n[:2] % 2) + 1, 4),
        min_size=2,
    ),
)


def _seeded(x: Any) -> Any:
    return jax.random.key(x[0].astype(np.int32))


def keyed(path: str, call: Callable[[Any, Any, Any], Any], variant: str, **options: Any) -> Entry:
    """What a key of a seed gives that is an argument; ``call`` is given ``(function, key, x)``."""
    seeds = Domain(lower=0.0, upper=100.0)
    return factor(
        path,
        "(2)",
        seeds,
        call=lambda f, x: call(f, _seeded(x), x),
        variant=variant,
        dtypes=MATRIX_DTYPES,
        **options,
    )


KEYS = (
    keyed("jax.random.uniform", lambda f, k, x: f(k, (3,), x.dtype), "of a seed"),
    keyed("jax.random.bits", lambda f, k, _: f(k, (3,)) >> 24, "of a seed"),
    keyed("jax.random.split", lambda f, k, _: jax.random.key_data(f(k)) >> 24, "of a seed"),
    keyed("jax.random.fold_in", lambda f, k, _: jax.random.key_data(f(k, 7)) >> 24, "of a seed"),
    keyed("jax.random.clone", lambda f, k, _: jax.random.key_data(f(k)), "of a seed"),
    keyed(
        "jax.random.wrap_key_data",
        lambda f, k, _: jax.random.bits(f(jax.random.key_data(k)), (3,)) >> 24,
        "of a seed",
    ),
    factor(
        "jax.extend.random.threefry_2x32",
        "(2)",
        COUNTABLE,
        call=lambda f, x: f(jnp.abs(x).astype(np.uint32), np.arange(4, dtype=np.uint32)) >> 24,
    ),
)

FACTORS = (*INTEGERS, *BITS, *REDUCED, *KEYS)
