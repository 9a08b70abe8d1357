"""What the releases of JAX, and what is installed beside it, do not all have for laws."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any


@cache
def exports() -> bool:
    """Whether a program can be serialised.

    ``jax.export`` writes FlatBuffers, whose package is no dependency of JAX's, and up to 0.6.0 it
    imports absl, which is none either.
    """
    return _imports("flatbuffers") and _imports("jax.export")


@cache
def passes_apart() -> bool:
    """Whether ``jax.fwd_and_bwd`` is there, as since 0.6.2."""
    import jax

    return hasattr(jax, "fwd_and_bwd")


def explicit_mesh() -> Any | None:
    """A mesh of one device along an axis ``d`` whose shardings are explicit; None before 0.5.3."""
    import jax

    if not hasattr(jax.sharding, "AxisType"):
        return None
    return jax.make_mesh((1,), ("d",), axis_types=(jax.sharding.AxisType.Explicit,))


def _imports(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True
