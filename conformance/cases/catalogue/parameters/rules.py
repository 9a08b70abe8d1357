"""Rules that are told what is no array."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.parameters.presence import taking
from gradlaw.conformance.cases.catalogue.places import POSITIVE


def _by_place(custom_vjp: Any, x: Any) -> Any:
    """A rule that is told of an argument that is no array."""

    def power(n: int, x: Any) -> Any:
        return x**n

    rule_of = custom_vjp(power, nondiff_argnums=(0,))
    rule_of.defvjp(lambda n, x: (x**n, x), lambda n, x, g: (n * x ** (n - 1) * g,))
    return rule_of(3, x)


def _by_name(custom: Any, x: Any) -> Any:
    def power(x: Any, n: int) -> Any:
        return x**n

    rule_of = custom(power, nondiff_argnames=("n",))
    if custom is jax.custom_jvp:
        rule_of.defjvp(lambda n, xs, ts: (xs[0] ** n, n * xs[0] ** (n - 1) * ts[0]))
    else:
        rule_of.defvjp(lambda x, n: (x**n, x), lambda n, x, g: (n * x ** (n - 1) * g,))
    return rule_of(x, 3)


RULED = (
    entry("jax.custom_vjp", "(*n)", variant="nondiff_argnums", call=_by_place, reverse_only=True),
    entry(
        taking("nondiff_argnames", "jax.custom_vjp"),
        "(*n)",
        variant="nondiff_argnames",
        call=_by_name,
        since="0.7",
        reverse_only=True,
    ),
    entry(
        taking("nondiff_argnames", "jax.custom_jvp"),
        "(*n)",
        variant="nondiff_argnames",
        call=_by_name,
        since="0.7",
    ),
    entry(
        "lax.custom_root",
        "()",
        POSITIVE,
        variant="has_aux",
        call=lambda f, x: f(
            lambda y: y * y - x,
            jnp.ones_like(x),
            lambda *_: (jnp.sqrt(x), {"steps": 1}),
            lambda g, y: y / g(jnp.ones_like(y)),
            has_aux=True,
        )[0],
        reference=jnp.sqrt,
    ),
)
