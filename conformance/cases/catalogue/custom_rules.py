"""Functions with rules of their own: custom_jvp, custom_vjp, and solvers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
from jax import lax

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import POSITIVE
from gradlaw.strategies.domains import Domain

Decorator: TypeAlias = Callable[..., Any]
"""What gives a function a rule of its own."""


def _log1pexp(custom_jvp: Decorator, x: Any) -> Any:
    @custom_jvp
    def log1pexp(x: Any) -> Any:
        return jnp.log1p(jnp.exp(x))

    def rule(primals: Any, tangents: Any) -> Any:
        (x,), (x_dot,) = primals, tangents
        return log1pexp(x), jnp.exp(x) / (1 + jnp.exp(x)) * x_dot

    log1pexp.defjvp(rule)
    return log1pexp(x)


def _product(custom_jvp: Decorator, x: Any, y: Any) -> Any:
    @custom_jvp
    def product(x: Any, y: Any) -> Any:
        return jnp.sin(x) * y

    product.defjvps(
        lambda x_dot, _, x, y: jnp.cos(x) * x_dot * y,
        lambda y_dot, _, x, y: jnp.sin(x) * y_dot,  # noqa: ARG005
    )
    return product(x, y)


def _scaled(custom_jvp: Decorator, x: Any) -> Any:
    def power(n: int, x: Any) -> Any:
        return x**n

    rule_of = custom_jvp(power, nondiff_argnums=(0,))
    rule_of.defjvp(
        lambda n, primals, tangents: (primals[0] ** n, n * primals[0] ** (n - 1) * tangents[0])
    )
    return rule_of(3, x)


def _rematerialized(custom_vjp: Decorator, x: Any) -> Any:
    @custom_vjp
    def sine(x: Any) -> Any:
        return jnp.sin(x)

    sine.defvjp(lambda x: (jnp.sin(x), x), lambda x, g: (g * jnp.cos(x),), optimize_remat=True)
    return sine(x)


def _linear_in_its_tangent(custom_jvp: Decorator, x: Any) -> Any:
    @custom_jvp
    def opposite(t: Any) -> Any:
        return -t

    opposite.defjvp(lambda primals, tangents: (opposite(*primals), opposite(*tangents)))

    @custom_jvp
    def sine(x: Any) -> Any:
        return jnp.sin(x)

    sine.defjvp(
        lambda primals, tangents: (sine(*primals), opposite(*tangents) * -jnp.cos(primals[0]))
    )
    return jax.jit(sine)(x) * x


def _reverse(custom_vjp: Decorator, x: Any, y: Any) -> Any:
    @custom_vjp
    def f(x: Any, y: Any) -> Any:
        return jnp.sin(x) * y

    f.defvjp(
        lambda x, y: (f(x, y), (jnp.cos(x), jnp.sin(x), y)),
        lambda kept, g: (kept[0] * g * kept[2], kept[1] * g),
    )
    return f(x, y)


def _reverse_of_tree(custom_vjp: Decorator, x: Any, y: Any) -> Any:
    @custom_vjp
    def f(pair: Any) -> Any:
        return {"sum": pair[0] + pair[1], "product": pair[0] * pair[1]}

    f.defvjp(
        lambda pair: (f(pair), pair),
        lambda pair, g: ((g["sum"] + g["product"] * pair[1], g["sum"] + g["product"] * pair[0]),),
    )
    return f((x, y))


def _root(custom_root: Any, x: Any) -> Any:
    """The square root, as the root of s² = x."""

    def solve(f: Any, initial: Any) -> Any:  # noqa: ARG001
        return lax.stop_gradient(jnp.sqrt(x))

    return custom_root(
        lambda s: s * s - x,
        lax.stop_gradient(x),
        solve,
        lambda g, y: y / g(jnp.ones_like(y)),
    )


def _dense(tangent: Any, like: Any) -> Any:
    """A tangent or cotangent as an array, where a rule is told of zeros by their type."""
    if isinstance(tangent, jax.custom_derivatives.SymbolicZero):
        return jnp.zeros_like(like)
    return tangent


def _told_of_zeros(custom_vjp: Decorator, x: Any, y: Any) -> Any:
    """Which arguments are perturbed, and which results nothing depends on, is told to the rule."""

    @custom_vjp
    def both(x: Any, y: Any) -> Any:
        return jnp.sin(x) * y, x * y

    def forward(x: Any, y: Any) -> Any:
        sine = jnp.sin(x.value) if y.perturbed else None
        return both(x.value, y.value), (x.value, y.value, sine)

    def backward(residuals: Any, cotangents: Any) -> Any:
        x, y, sine = residuals
        first, second = (_dense(cotangent, x) for cotangent in cotangents)
        by_y = jnp.zeros_like(y) if sine is None else first * sine + second * x
        return first * jnp.cos(x) * y + second * y, by_y

    both.defvjp(forward, backward, symbolic_zeros=True)
    return both(x, y)


def _told_of_zero_tangents(custom_jvp: Decorator, x: Any, y: Any) -> Any:
    @custom_jvp
    def product(x: Any, y: Any) -> Any:
        return jnp.sin(x) * y

    def rule(primals: Any, tangents: Any) -> Any:
        x, y = primals
        x_dot, y_dot = (_dense(*both) for both in zip(tangents, primals, strict=True))
        return product(x, y), jnp.cos(x) * x_dot * y + jnp.sin(x) * y_dot

    product.defjvp(rule, symbolic_zeros=True)
    return product(x, y)


def _closed(closure_convert: Any, x: Any, y: Any) -> Any:
    converted, constants = closure_convert(lambda a: jnp.sin(a) * y, x)
    return converted(x, *constants)


by_reverse_mode = partial(entry, reverse_only=True)
"""An entry of a rule that forward mode refuses."""

CUSTOM_RULES = (
    entry("jax.custom_jvp", "(*n)", Domain(upper=16.0), variant="log1pexp", call=_log1pexp),
    entry("jax.custom_jvp", "(*n),(*n)", variant="defjvps", call=_product),
    entry("jax.custom_jvp", "(*n)", variant="nondiff_argnums", call=_scaled),
    entry("jax.custom_jvp", "(*n)", variant="linear in its tangent", call=_linear_in_its_tangent),
    by_reverse_mode(
        "jax.custom_vjp", "(4)", variant="optimize_remat", call=_rematerialized, once=True
    ),
    by_reverse_mode(
        "jax.custom_vjp",
        "(4)",
        variant="optimize_remat, jitted",
        once=True,
        call=lambda f, x: jax.jit(lambda y: _rematerialized(f, y))(x),
    ),
    by_reverse_mode("jax.custom_vjp", "(*n),(*n)", variant="sin(x)*y", call=_reverse),
    by_reverse_mode("jax.custom_vjp", "(*n),(*n)", variant="trees", call=_reverse_of_tree),
    by_reverse_mode(
        "jax.custom_vjp",
        "(*n),(*n)",
        variant="symbolic zeros",
        call=lambda f, x, y: _told_of_zeros(f, x, y)[0],
    ),
    by_reverse_mode(
        "jax.custom_vjp", "(n),(n)", variant="symbolic zeros, all used", call=_told_of_zeros
    ),
    entry("jax.custom_jvp", "(*n),(*n)", variant="symbolic zeros", call=_told_of_zero_tangents),
    entry(
        "jax.custom_jvp",
        "(3,n),(n)",
        variant="symbolic zeros, mapped",
        call=lambda f, x, y: jax.vmap(lambda row: _told_of_zero_tangents(f, row, y))(x),
    ),
    by_reverse_mode(
        "jax.custom_vjp",
        "(3,n),(n)",
        variant="in a scan",
        call=lambda f, x, y: lax.scan(lambda c, row: (_reverse(f, c, row), c), y, x),
    ),
    entry(
        "jax.custom_jvp",
        "(m,n)",
        Domain(upper=16.0),
        variant="under vmap",
        call=lambda f, x: jax.vmap(lambda row: _log1pexp(f, row))(x),
    ),
    entry(
        "lax.custom_root",
        "()",
        POSITIVE,
        variant="square root",
        call=_root,
        # Nothing is differentiated through a solver: the derivative of its program is 0.
        reference=jnp.sqrt,
    ),
    by_reverse_mode(
        "jax.custom_gradient",
        "(*n)",
        call=lambda f, x: f(lambda a: (a * a, lambda g: (2 * a * g,)))(x),
    ),
    entry("jax.closure_convert", "(n),(n)", call=_closed),
)
