"""Programs of eight devices, read and run: ``python -m structural.meshes`` prints what differs.

JAX must be asked for virtual devices before its backend starts, so this is a process of its own.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P

from gradlaw.conformance.devices.releases import shard_map, unchecked_shard_map
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.interpreter.meshes import COLLECTIVES

DEVICES = 8
x = np.random.default_rng(0).normal(size=(16, 8)).astype(np.float32)
w = np.float32(1.5)

Program = tuple[Callable[..., Any], tuple[Any, ...]]


def _loss(w: Any, x: Any) -> Any:
    return lax.pmean(jnp.mean(jnp.sin(w * x) ** 2), "i")


def _one_axis(mesh: Mesh) -> dict[str, Program]:
    ring = [(place, (place + 1) % DEVICES) for place in range(DEVICES - 1)]

    def split(function: Callable[[Any], Any]) -> Program:
        return unchecked_shard_map(function, mesh, P("i"), P("i")), (x,)

    return {
        "psum": split(lambda x: lax.psum(x, "i") + x),
        "psum of integers": split(lambda x: lax.psum(jnp.int32(3), "i") * x),
        "pmax": split(lambda x: lax.pmax(x, "i") - x),
        "pmin": split(lambda x: lax.pmin(x, "i") * x),
        "pmean": split(lambda x: lax.pmean(x, "i") + 2 * x),
        "ppermute": split(lambda x: lax.ppermute(x, "i", ring)),
        "all_gather": split(lambda x: lax.all_gather(x, "i")),
        "all_gather tiled": split(lambda x: lax.all_gather(x, "i", tiled=True, axis=1)),
        "reduce_scatter": split(lambda x: lax.psum_scatter(x.T, "i")),
        "reduce_scatter tiled": split(lambda x: lax.psum_scatter(x.T, "i", tiled=True)),
        "all_to_all": split(lambda x: lax.all_to_all(x, "i", 1, 0)),
        "all_to_all tiled": split(lambda x: lax.all_to_all(x, "i", 1, 0, tiled=True)),
        "axis_index": split(lambda x: lax.axis_index("i") + x),
        "psum in calls": split(jax.jit(lambda x: jax.nn.relu(lax.psum(x, "i") * x))),
        "psum of a batch": split(jax.vmap(lambda x: lax.psum(x, "i") * x)),
        "gradient of shard_map": (
            jax.grad(shard_map(_loss, mesh, (P(), P("i")), P()), (0, 1)),
            (w, x),
        ),
        "gradient of unchecked shard_map": (
            jax.grad(unchecked_shard_map(_loss, mesh, (P(), P("i")), P()), (0, 1)),
            (w, x),
        ),
    }


def _two_axes(mesh: Mesh) -> dict[str, Program]:
    def talking(x: Any) -> Any:
        return (
            lax.psum(x, ("i", "j")) + x,
            lax.psum(x, "j") * x,
            lax.axis_index(("j", "i")) * x,
            lax.all_gather(x, ("j", "i"), tiled=True),
            lax.ppermute(x, "j", [(0, 1), (1, 2), (2, 3), (3, 0)]),
        )

    def over(spec: P) -> Program:
        return unchecked_shard_map(talking, mesh, spec, spec), (x,)

    return {
        "mesh of two axes": over(P("j", "i")),
        "both axes over one": over(P(("j", "i"))),
        "one axis of two": over(P(None, "j")),
    }


def _mapped() -> dict[str, Program]:
    if not hasattr(jax, "pmap"):
        return {}

    def averaged(w: Any, x: Any) -> Any:
        return lax.pmean(jax.grad(lambda w: jnp.sum((w * x) ** 2))(w), "i")

    return {
        "pmap": (jax.pmap(averaged, axis_name="i", in_axes=(None, 1)), (w, x)),
        "pmap of columns": (jax.pmap(jnp.sin, in_axes=1, out_axes=1), (x,)),
        "pmap to one": (
            jax.pmap(averaged, axis_name="i", in_axes=(None, 1), out_axes=None),
            (w, x),
        ),
    }


def programs() -> dict[str, Program]:
    """All of them by name."""
    devices = np.array(jax.devices())
    one, two = Mesh(devices, ("i",)), Mesh(devices.reshape(2, 4), ("i", "j"))
    return {**_one_axis(one), **_two_axes(two), **_mapped()}


_COMPUTED: dict[int, list[Any]] = {}


def computed(program: Program) -> list[Any]:
    """What JAX computes, compiled as one and called once."""
    function, arguments = program
    if id(program) not in _COMPUTED:
        _COMPUTED[id(program)] = jax.tree.leaves(jax.jit(function)(*arguments))
    return _COMPUTED[id(program)]


def difference(program: Program) -> str:
    """How what is read differs from what JAX computes; empty where it does not."""
    function, arguments = program
    wanted = computed(program)
    reader = Reader(Exact())
    try:
        traced = jax.make_jaxpr(function)(*arguments)
        found = reader.read(traced, [reader.lift(argument) for argument in arguments])
    except Unsupported as unsupported:
        return str(unsupported)
    for place, (array, read) in enumerate(zip(wanted, found, strict=True)):
        numbers = np.array([float(getattr(ball, "mid", lambda b=ball: b)()) for ball in read.flat])
        if read.shape != array.shape:
            return f"result {place} has shape {read.shape}, not {array.shape}"
        if not np.allclose(numbers.reshape(read.shape), array, rtol=1e-5, atol=1e-4):
            return f"result {place} is another"
    return ""


def _wrong(reader: Any, devices: Any, equation: Any, operands: list[Any]) -> list[Any]:
    """Every device gets what another should."""
    del reader, devices
    shape = equation.outvars[0].aval.shape
    results = [np.zeros(shape, dtype=each[0].dtype) for each in operands[:1]] or [np.zeros(shape)]
    return [[result] * DEVICES for result in results for _ in equation.outvars]


def found_wrong(name: str, program: Program) -> bool:
    """Whether a wrong reading of the collective that a program is named after is noticed."""
    primitives = [p for p in COLLECTIVES if p.startswith(name.split(maxsplit=1)[0])]
    true = {primitive: COLLECTIVES[primitive] for primitive in primitives}
    COLLECTIVES.update(dict.fromkeys(primitives, _wrong))
    try:
        return bool(difference(program))
    except (TypeError, ValueError):
        return True
    finally:
        COLLECTIVES.update(true)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # pmap is deprecated in some releases
    told = programs()
    named = {name for name in told if any(p.startswith(name.split()[0]) for p in COLLECTIVES)}
    print(
        json.dumps(
            {
                "differences": {name: difference(program) for name, program in told.items()},
                "noticed": {name: found_wrong(name, told[name]) for name in sorted(named)},
            }
        )
    )
