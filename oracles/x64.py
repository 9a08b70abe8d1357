"""64-bit mode, on purpose and off again."""

from __future__ import annotations

from contextlib import AbstractContextManager


def x64(enabled: bool) -> AbstractContextManager[None]:
    """A context in which JAX's 64-bit types are on or off, in this thread.

    Source: JAX documentation, ``jax.enable_x64`` (0.8 on) and ``jax.experimental.enable_x64``.
    """
    import jax

    if hasattr(jax, "enable_x64"):
        context: AbstractContextManager[None] = jax.enable_x64(enabled)
        return context
    from jax.experimental import enable_x64

    older: AbstractContextManager[None] = enable_x64(enabled)
    return older
