"""What of JAX's interface to devices differs by release; nothing else of the package does.

Each transformation is whole by itself, since scripts that show a fault hold its source.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradlaw.conformance.laws.transform import Function

if TYPE_CHECKING:
    from gradlaw.conformance.devices.tasks import Setting


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


def pvary(function: Function, in_specs: Any, names: tuple[str, ...]) -> Function:
    """Say of all arguments that they vary over the mesh, so that no derivative is summed over it.

    Source: JAX documentation, ``jax.lax.pcast``, and before it ``jax.lax.pvary`` (from 0.6 on);
    until JAX 0.5 nothing is summed.
    """
    import jax
    from jax.sharding import PartitionSpec

    def varying(spec: Any, leaf: Any) -> Any:
        split = [name for entry in spec for name in (entry if type(entry) is tuple else (entry,))]
        missing = tuple(name for name in names if name not in split)
        if not missing:
            return leaf
        if hasattr(jax.lax, "pcast"):
            return jax.lax.pcast(leaf, missing, to="varying")
        return jax.lax.pvary(leaf, missing)

    if not hasattr(jax, "shard_map"):
        return function
    return lambda *arguments: function(
        *jax.tree.map(
            varying, in_specs, arguments, is_leaf=lambda tree: isinstance(tree, PartitionSpec)
        )
    )


def has(name: str) -> bool:
    """Whether the installed release has a transformation, or the meaning that a law needs.

    Args:
        name: ``pmap``; ``grad in shard_map``: the gradient inside a checked ``shard_map`` by what
            does not vary over the mesh is summed over it, from JAX 0.6 on; ``grad of pmap``: what
            ``pmap`` returns once for all devices can be differentiated, where it is made of
            ``shard_map``, from JAX 0.8 on; ``grad of what varies``: inside a checked ``shard_map``,
            which 0.6.0 refuses for the cotangent that does not vary.
    """
    import jax

    match name:
        case "grad of what varies":
            return str(jax.__version__) != "0.6.0"
        case "grad in shard_map":
            return hasattr(jax, "shard_map")
        case "grad of pmap":
            return hasattr(jax, "pmap") and _is_shard_map()
        case _:
            return hasattr(jax, name)


def _is_shard_map() -> bool:
    """Whether ``pmap`` is made of ``shard_map``; until JAX 0.7 it is a primitive."""
    import jax

    return "xla_pmap" not in str(jax.make_jaxpr(jax.pmap(lambda x: x))(jax.numpy.zeros((1,))))


def prepare_backend(setting: Setting, place: int, port: int) -> None:
    """Ask for a setting's devices; no backend may be there yet.

    Args:
        setting: what is asked for.
        place: this process's number among them.
        port: on which they find each other, of the loopback interface.

    Source: JAX documentation, "Introduction to multi-controller JAX"; OpenXLA's XLA flags.
    """
    import jax

    from gradlaw import installation

    flags = [os.environ.get("XLA_FLAGS", ""), setting.flags]
    if setting.backend == "cpu":
        # By flag: the option jax_num_cpu_devices gives way to a flag of the user's.
        flags.append(f"--xla_force_host_platform_device_count={setting.devices}")
        jax.config.update("jax_platforms", "cpu")
    os.environ["XLA_FLAGS"] = " ".join(filter(None, flags))
    if setting.cache:
        installation.use_cache(Path(setting.cache))
    if setting.processes > 1:
        if setting.backend == "cpu":
            jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(
            coordinator_address=f"127.0.0.1:{port}",
            num_processes=setting.processes,
            process_id=place,
        )
    jax.devices(setting.backend)
