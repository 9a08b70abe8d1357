"""Transformations that differentiate; those that JAX has no single function for are written out."""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.laws.transform import Function, Transform, of_jax


def vjp(function: Function, argnums: int | tuple[int, ...]) -> Function:
    """Pull the cotangent 1 back through ``jax.vjp``."""
    import jax
    import jax.numpy as jnp

    def pulled_back(*arguments: Any) -> Any:
        places = (argnums,) if isinstance(argnums, int) else argnums

        def of_chosen(*chosen: Any) -> Any:
            whole = list(arguments)
            for place, argument in zip(places, chosen, strict=True):
                whole[place] = argument
            return function(*whole)

        value, pull_back = jax.vjp(of_chosen, *(arguments[place] for place in places))
        found = pull_back(jnp.ones_like(value))
        return found[0] if isinstance(argnums, int) else found

    return pulled_back


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


def jvp(function: Function, argnums: int) -> Function:
    """Value and derivative by one number, of ``jax.jvp``."""
    import jax
    import jax.numpy as jnp

    def pushed_forward(*arguments: Any) -> Any:
        def of_chosen(chosen: Any) -> Any:
            whole = list(arguments)
            whole[argnums] = chosen
            return function(*whole)

        here = arguments[argnums]
        return jax.jvp(of_chosen, (here,), (jnp.ones_like(here),))

    return pushed_forward


def linearize(function: Function, argnums: int) -> Function:
    """Value and derivative by one number, of ``jax.linearize``."""
    import jax
    import jax.numpy as jnp

    def pushed_forward(*arguments: Any) -> Any:
        def of_chosen(chosen: Any) -> Any:
            whole = list(arguments)
            whole[argnums] = chosen
            return function(*whole)

        here = arguments[argnums]
        value, push_forward = jax.linearize(of_chosen, here)
        return value, push_forward(jnp.ones_like(here))

    return pushed_forward


DIFFERENTIATION: dict[str, Transform] = {
    "grad": Transform(make=of_jax("grad"), spelled="jax.grad", alike="grad", order=1),
    "value_and_grad": Transform(
        make=of_jax("value_and_grad"),
        spelled="jax.value_and_grad",
        alike="grad",
        order=1,
        with_value=True,
    ),
    "jacfwd": Transform(
        make=of_jax("jacfwd"), spelled="jax.jacfwd", alike="jacfwd", order=1, forward=True
    ),
    "jacrev": Transform(make=of_jax("jacrev"), spelled="jax.jacrev", alike="grad", order=1),
    "hessian": Transform(
        make=of_jax("hessian"),
        spelled="jax.hessian",
        alike="jacfwd(grad)",
        order=2,
        forward=True,
    ),
    "vjp": Transform(make=vjp, alike="grad", order=1),
    "linear_transpose": Transform(make=linear_transpose, alike="grad", order=1, forward=True),
    "jvp": Transform(make=jvp, alike="jacfwd", order=1, with_value=True, forward=True, scalar=True),
    "linearize": Transform(
        make=linearize, alike="jacfwd", order=1, with_value=True, forward=True, scalar=True
    ),
}
