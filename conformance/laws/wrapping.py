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


def named_scope(function: Function) -> Function:
    """Call a function in ``jax.named_scope``."""
    import jax

    def scoped(*arguments: Any) -> Any:
        with jax.named_scope("scope"):
            return function(*arguments)

    return scoped


def ensure_compile_time_eval(function: Function) -> Function:
    """Call a function as often as a number says that is known while all else is traced."""
    import jax
    import jax.numpy as jnp

    def called_once(*arguments: Any) -> Any:
        results = None
        with jax.ensure_compile_time_eval():
            times = int(jnp.ones((), int))
        for _ in range(times):
            results = function(*arguments)
        return results

    return called_once


def jit_static(function: Function, **static: Any) -> Function:
    """Compile with a static argument, on which it depends whether there is a result."""
    import jax

    def told(wanted: str, *arguments: Any) -> Any:
        return function(*arguments) if wanted == "result" else None

    jitted = jax.jit(told, **static)
    return lambda *arguments: jitted("result", *arguments)


def jit_static_by_name(function: Function) -> Function:
    """Compile with a static argument that is given by its name."""
    import jax

    def told(*arguments: Any, wanted: str) -> Any:
        return function(*arguments) if wanted == "result" else None

    jitted = jax.jit(told, static_argnames="wanted")
    return lambda *arguments: jitted(*arguments, wanted="result")


def _jit(**told: Any) -> Transform:
    return Transform(make=of_jax("jit"), spelled="jax.jit", told=told, alike="")


WRAPPING: dict[str, Transform] = {
    "jit": _jit(),
    "checkpoint": Transform(make=of_jax("checkpoint"), spelled="jax.checkpoint", alike=""),
    "named_call": Transform(make=of_jax("named_call"), spelled="jax.named_call", alike=""),
    "custom_jvp": Transform(make=custom_jvp, alike="", forward=True),
    "custom_vjp": Transform(make=custom_vjp, alike="", refuses_forward=True),
    "scan": Transform(make=scan, alike=""),
    "fori_loop": Transform(make=fori_loop, alike=""),
    "cond": Transform(make=cond, alike=""),
    "named_scope": Transform(make=named_scope, alike=""),
    "ensure_compile_time_eval": Transform(make=ensure_compile_time_eval, alike=""),
    "jit[inline]": _jit(inline=True),
    "jit[keep_unused]": _jit(keep_unused=True),
    "jit[static_argnums]": Transform(make=jit_static, told={"static_argnums": 0}, alike=""),
    "jit[static_argnames]": Transform(make=jit_static_by_name, alike=""),
}
