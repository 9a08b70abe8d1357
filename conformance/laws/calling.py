"""Ways of running a program, which exist only where it is called: read, it is what it was."""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.laws.releases import exports
from gradlaw.conformance.laws.transform import Function, Transform, of_jax


def compiled_ahead(function: Function) -> Function:
    """Lower and compile a function for the first arguments, and call what was compiled."""
    import jax

    kept: list[Any] = []

    def call(*arguments: Any) -> Any:
        if not kept:
            kept.append(jax.jit(function).lower(*arguments).compile())
        return kept[0](*arguments)

    return call


def exported(function: Function) -> Function:
    """Call what comes of a function that is exported, with its VJP, serialised and read again.

    Named tuples are registered, as JAX asks for.
    """
    import contextlib

    import jax
    import jax.export
    import jax.numpy as jnp

    kept: list[Any] = []

    def is_named(tree: Any) -> bool:
        if not hasattr(tree, "_fields"):
            return False
        with contextlib.suppress(ValueError):  # it is registered already
            jax.export.register_namedtuple_serialization(
                type(tree), serialized_name=type(tree).__name__
            )
        return False

    def call(*arguments: Any) -> Any:
        if not kept:
            jax.tree.leaves(arguments, is_leaf=is_named)
            shapes = jax.tree.map(
                lambda leaf: jax.ShapeDtypeStruct(jnp.shape(leaf), jnp.result_type(leaf)),
                arguments,
            )
            written = jax.export.export(jax.jit(function))(*shapes).serialize(vjp_order=1)
            kept.append(jax.export.deserialize(written))
        return kept[0].call(*arguments)

    return call


def without_jit(function: Function) -> Function:
    """Call a function where nothing is compiled as a whole, in ``jax.disable_jit``."""
    import jax

    def call(*arguments: Any) -> Any:
        with jax.disable_jit():
            return function(*arguments)

    return call


def donating(function: Function) -> Function:
    """Compile a function to which copies of all its arguments are donated."""
    import jax
    import jax.numpy as jnp

    def call(*arguments: Any) -> Any:
        jitted = jax.jit(function, donate_argnums=tuple(range(len(arguments))))
        return jitted(*jax.tree.map(lambda leaf: jnp.array(leaf, copy=True), arguments))

    return call


def same(function: Function) -> Function:
    """The function itself."""
    return function


CALLING: dict[str, Transform] = {
    "jit[ahead_of_time]": Transform(make=of_jax("jit"), called=compiled_ahead, alike=""),
    "jit[donate_argnums]": Transform(make=of_jax("jit"), called=donating, alike=""),
    "disable_jit": Transform(make=same, called=without_jit, alike=""),
    **(
        {"export": Transform(make=of_jax("jit"), called=exported, alike="", refuses_forward=True)}
        if exports()
        else {}
    ),
}
