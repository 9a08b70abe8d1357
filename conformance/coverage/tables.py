"""JAX's tables of rules: the only file of this room that names a private module.

``jax.interpreters`` has the tables of JVP, transpose and batching rules; those of linearizations
and of transposes that accumulate are private. Tried on JAX 0.5.0, 0.10.2 and 0.12.0.1.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from functools import cache
from typing import Any, TypeAlias

from gradlaw.reports.verdict import RuleKind

Table: TypeAlias = MutableMapping[Any, Callable[..., Any]]
"""From a primitive to its rule."""

MODULES = (
    "jax.lax.linalg",
    "jax.nn",
    "jax.numpy.fft",
    "jax.numpy.linalg",
    "jax.random",
    "jax.image",
    "jax.ops",
    "jax.scipy.cluster.vq",
    "jax.scipy.fft",
    "jax.scipy.integrate",
    "jax.scipy.interpolate",
    "jax.scipy.linalg",
    "jax.scipy.ndimage",
    "jax.scipy.optimize",
    "jax.scipy.signal",
    "jax.scipy.sparse.linalg",
    "jax.scipy.spatial.transform",
    "jax.scipy.special",
    "jax.scipy.stats",
    "jax.custom_batching",
    "jax.custom_derivatives",
    "jax.custom_transpose",
    "jax.ffi",
    "jax.experimental.checkify",
    "jax.experimental.ode",
    "jax.experimental.shard_map",
    "jax.experimental.sparse",
)
"""Public modules whose import may register rules, beside ``jax`` itself.

Of ``jax.experimental`` only what other public functions are made of, and what the catalogue has
cases of: kernels (Pallas) and jet have primitives of their own, and no promise.
"""


@cache
def import_modules() -> None:
    """Import every public module that registers rules; a release may lack some."""
    for name in MODULES:
        with suppress(ImportError):
            importlib.import_module(name)


def tables() -> Mapping[RuleKind, tuple[Table, ...]]:
    """For each kind the tables that JAX looks into; the first that has a primitive counts."""
    from jax._src.interpreters import ad as private
    from jax.interpreters import ad, batching

    batchers = (
        getattr(batching, "fancy_primitive_batchers", {}),
        getattr(batching, "primitive_batchers", {}),
    )
    return {
        "jvp": (ad.primitive_jvps,),
        "linearization": (getattr(private, "primitive_linearizations", {}),),
        "transpose": (getattr(private, "fancy_transposes", {}), ad.primitive_transposes),
        # Newer releases keep the old name as a door into the one table: it has no items.
        "batching": tuple(table for table in batchers if isinstance(table, MutableMapping)),
    }
