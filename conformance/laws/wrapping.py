"""Transformations that must change nothing: compiling, recomputing, looping, choosing alike."""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.laws.transform import Function, Transform, of_jax


def custom_jvp(function: Function) -> Function:
    """Give a function the forward rule that it has."""
    import jax

    wrapped: Any = jax.custom_jvp(function)
    transformed: Function = wrapped
    wrapped.defjvp(lambda primals, tangents: jax.jvp(function, primals, tangents))
    return transformed


def custom_vjp(function: Function) -> Function:
    """Give a function the reverse rule that it has."""
    import jax

    wrapped: Any = jax.custom_vjp(function)
    transformed: Function = wrapped
    wrapped.defvjp(
        lambda *arguments: jax.vjp(function, *arguments),
        lambda pull_back, cotangent: pull_back(cotangent),
    )
    return transformed


def scan(function: Function) -> Function:
    """Call a function twice in ``jax.lax.scan``, and take what came last."""
    import jax

    def scanned(*arguments: Any) -> Any:
        def step(carry: Any, _: Any) -> Any:
            return carry, function(*carry)

        _, results = jax.lax.scan(step, arguments, None, length=2)
        return jax.tree.map(lambda stacked: stacked[-1], results)

    return scanned


def fori_loop(function: Function) -> Function:
    """Call a function in ``jax.lax.fori_loop``, and take what came last."""
    import jax
    import jax.numpy as jnp

    def looped(*arguments: Any) -> Any:
        shapes = jax.eval_shape(function, *arguments)
        start = jax.tree.map(lambda result: jnp.zeros(result.shape, result.dtype), shapes)
        return jax.lax.fori_loop(0, 2, lambda _, __: function(*arguments), start)

    return looped


def cond(function: Function) -> Function:
    """Choose by the arguments between a function and itself, by ``jax.lax.cond``."""
    import jax
    import jax.numpy as jnp

    def chosen(*arguments: Any) -> Any:
        first = jnp.ravel(jax.tree.leaves(arguments)[0])[:1]
        return jax.lax.cond(jnp.any(jnp.real(first) > 0), function, function, *arguments)

    return chosen


WRAPPING: dict[str, Transform] = {
    "jit": Transform(make=of_jax("jit"), spelled="jax.jit", alike=""),
    "checkpoint": Transform(make=of_jax("checkpoint"), spelled="jax.checkpoint", alike=""),
    "named_call": Transform(make=of_jax("named_call"), spelled="jax.named_call", alike=""),
    "custom_jvp": Transform(make=custom_jvp, alike="", forward=True),
    "custom_vjp": Transform(make=custom_vjp, alike="", refuses_forward=True),
    "scan": Transform(make=scan, alike=""),
    "fori_loop": Transform(make=fori_loop, alike=""),
    "cond": Transform(make=cond, alike=""),
}
