"""What of JAX's interface to devices differs by release; nothing else of the package does.

Each function is whole by itself, since scripts that show a fault hold its source.
"""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.laws.transform import Function


def shard_map(function: Function, mesh: Any, in_specs: Any, out_specs: Any) -> Function:
    """``jax.shard_map``, which follows what varies over the mesh.

    Source: JAX documentation, ``jax.shard_map`` (0.6 on), ``jax.experimental.shard_map``.
    """
    try:
        from jax import shard_map as mapped
    except ImportError:
        from jax.experimental.shard_map import shard_map as mapped
    transformed: Function = mapped(function, mesh=mesh, in_specs=in_specs, out_specs=out_specs)
    return transformed


def unchecked_shard_map(function: Function, mesh: Any, in_specs: Any, out_specs: Any) -> Function:
    """The same, without following it: ``check_vma=False``, or ``check_rep`` until JAX 0.5."""
    import inspect

    try:
        from jax import shard_map as mapped
    except ImportError:
        from jax.experimental.shard_map import shard_map as mapped
    known = inspect.signature(mapped).parameters
    flag: dict[str, Any] = {"check_vma" if "check_vma" in known else "check_rep": False}
    transformed: Function = mapped(
        function, mesh=mesh, in_specs=in_specs, out_specs=out_specs, **flag
    )
    return transformed


def has(name: str) -> bool:
    """Whether the installed release has a transformation, or the meaning that a law needs.

    Args:
        name: ``pmap``, or ``grad in shard_map``: the gradient inside a checked ``shard_map`` by
            what does not vary over the mesh is summed over it, from JAX 0.6 on.
    """
    import jax

    return hasattr(jax, "shard_map" if name == "grad in shard_map" else name)
