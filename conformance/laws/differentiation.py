"""Transformations that differentiate; those that JAX has no single function for are written out."""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.laws.releases import passes_apart
from gradlaw.conformance.laws.transform import Function, Transform, of_jax


def vjp(function: Function, argnums: int | tuple[int, ...], has_aux: bool = False) -> Function:
    """Pull the cotangent 1 back through ``jax.vjp``; an auxiliary output is minus the value."""
    import jax
    import jax.numpy as jnp

    def pulled_back(*arguments: Any) -> Any:
        places = (argnums,) if isinstance(argnums, int) else argnums

        def of_chosen(*chosen: Any) -> Any:
            whole = list(arguments)
            for place, argument in zip(places, chosen, strict=True):
                whole[place] = argument
            value = function(*whole)
            return (value, -value) if has_aux else value

        here = [arguments[place] for place in places]
        value, pull_back, *aside = jax.vjp(of_chosen, *here, has_aux=has_aux)
        found = pull_back(jnp.ones_like(value))
        derivative = found[0] if isinstance(argnums, int) else found
        return (-aside[0], derivative) if has_aux else derivative

    return pulled_back


def fwd_and_bwd(
    function: Function, argnums: int | tuple[int, ...], has_aux: bool = False
) -> Function:
    """As ``vjp``, of ``jax.fwd_and_bwd``: both passes are functions that are compiled."""
    import jax
    import jax.numpy as jnp

    def of_all(*arguments: Any) -> Any:
        value = function(*arguments)
        return (value, -value) if has_aux else value

    def passed_back(*arguments: Any) -> Any:
        forward, backward = jax.fwd_and_bwd(of_all, argnums=argnums, has_aux=has_aux)
        value, residuals, *aside = forward(*arguments)
        derivative = backward(residuals, jnp.ones_like(value))
        return (-aside[0], derivative) if has_aux else derivative

    return passed_back


def linear_transpose(function: Function, argnums: int | tuple[int, ...]) -> Function:
    """Linearize, and pull the cotangent 1 back through ``jax.linear_transpose`` of that."""
    import jax
    import jax.numpy as jnp

    def transposed(*arguments: Any) -> Any:
        places = (argnums,) if isinstance(argnums, int) else argnums

        def of_chosen(*chosen: Any) -> Any:
            whole = list(arguments)
            for place, argument in zip(places, chosen, strict=True):
                whole[place] = argument
            return function(*whole)

        here = [arguments[place] for place in places]
        value, push_forward = jax.linearize(of_chosen, *here)
        found = jax.linear_transpose(push_forward, *here)(jnp.ones_like(value))
        return found[0] if isinstance(argnums, int) else tuple(found)

    return transposed


def jvp(function: Function, argnums: int, has_aux: bool = False) -> Function:
    """Value and derivative by one number, of ``jax.jvp``; the value may be an auxiliary output's.

    The auxiliary output is minus the value.
    """
    import jax
    import jax.numpy as jnp

    def pushed_forward(*arguments: Any) -> Any:
        def of_chosen(chosen: Any) -> Any:
            whole = list(arguments)
            whole[argnums] = chosen
            value = function(*whole)
            return (value, -value) if has_aux else value

        here = arguments[argnums]
        value, derivative, *aside = jax.jvp(
            of_chosen, (here,), (jnp.ones_like(here),), has_aux=has_aux
        )
        return -aside[0] if has_aux else value, derivative

    return pushed_forward


def linearize(function: Function, argnums: int, has_aux: bool = False) -> Function:
    """As ``jvp``, of ``jax.linearize``."""
    import jax
    import jax.numpy as jnp

    def pushed_forward(*arguments: Any) -> Any:
        def of_chosen(chosen: Any) -> Any:
            whole = list(arguments)
            whole[argnums] = chosen
            value = function(*whole)
            return (value, -value) if has_aux else value

        here = arguments[argnums]
        value, push_forward, *aside = jax.linearize(of_chosen, here, has_aux=has_aux)
        return -aside[0] if has_aux else value, push_forward(jnp.ones_like(here))

    return pushed_forward


def _of_jax(name: str, **options: Any) -> Transform:
    return Transform(make=of_jax(name), spelled=f"jax.{name}", promised=True, **options)


DIFFERENTIATION: dict[str, Transform] = {
    "grad": _of_jax("grad", alike="grad", order=1),
    "value_and_grad": _of_jax("value_and_grad", alike="grad", order=1, with_value=True),
    "jacfwd": _of_jax("jacfwd", alike="jacfwd", order=1, forward=True),
    "jacrev": _of_jax("jacrev", alike="grad", order=1),
    "hessian": _of_jax("hessian", alike="jacfwd(grad)", order=2, forward=True),
    "vjp": Transform(make=vjp, alike="grad", order=1),
    **(
        {"fwd_and_bwd": Transform(make=fwd_and_bwd, alike="grad", order=1)}
        if passes_apart()
        else {}
    ),
    "linear_transpose": Transform(make=linear_transpose, alike="grad", order=1, forward=True),
    "jvp": Transform(make=jvp, alike="jacfwd", order=1, with_value=True, forward=True, scalar=True),
    "linearize": Transform(
        make=linearize, alike="jacfwd", order=1, with_value=True, forward=True, scalar=True
    ),
}
