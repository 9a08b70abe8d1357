"""Collectives and placement, on a mesh of one device: what rules do there, they do to any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from packaging.version import Version

from gradlaw.conformance.cases.catalogue.entry import Entry, entry, resolved

SPLIT, WHOLE = PartitionSpec("i"), PartitionSpec()


def _mesh() -> Mesh:
    return Mesh(np.array(jax.devices()[:1]), ("i",))


def explicit_mesh() -> Mesh:
    """One device, on which arrays say how they are spread."""
    return Mesh(np.array(jax.devices()[:1]), ("i",), axis_types=(jax.sharding.AxisType.Explicit,))


def part_by_part(
    function: Callable[[Any], Any],
    into: PartitionSpec = SPLIT,
    out: PartitionSpec = SPLIT,
    *,
    checked: bool = True,
) -> Callable[[Any], Any]:
    """A function of the part of an array that each device has, by ``jax.shard_map``."""

    def spread(x: Any) -> Any:
        mapped = jax.shard_map(
            function, mesh=_mesh(), in_specs=into, out_specs=out, check_vma=checked
        )
        return mapped(x)

    return spread


def collective(
    name: str,
    call: Callable[[Any, Any], Any],
    *,
    signature: str = "(4)",
    variant: str = "",
    into: PartitionSpec = SPLIT,
    out: PartitionSpec = SPLIT,
    checked: bool = True,
    first: str = "0.5",
) -> Entry:
    """A collective inside ``jax.shard_map``; ``call`` is given it and one device's part.

    Args:
        name: of the collective in ``jax.lax``.
        call: ``(collective, part) -> part``.
        signature, variant: as of any entry.
        into, out: how the argument and the result are spread.
        checked: whether ``shard_map`` follows what varies over the mesh.
        first: the first release that knows the collective so.
    """
    function = resolved(f"lax.{name}")
    known = function is not None and Version(jax.__version__) >= Version(first)

    def spread(_: Any, x: Any) -> Any:
        return part_by_part(lambda part: call(function, part), into, out, checked=checked)(x)

    # A release that lacks either has no case.
    path = "jax.shard_map" if known else f"lax.{name} of {first}"
    parts = [name, variant, "" if checked else "unchecked"]
    named = ",".join(filter(None, parts))
    return entry(path, signature, variant=named, call=spread, since=max(first, "0.9", key=Version))


COLLECTIVES = (
    collective("psum", lambda f, a: f(a * a, "i"), out=WHOLE),
    collective("psum", lambda f, a: f(jnp.sin(a), "i"), out=WHOLE, checked=False),
    collective("pmean", lambda f, a: f(a * a, "i"), out=WHOLE),
    collective("pmax", lambda f, a: a * f(jax.lax.stop_gradient(a), "i")),
    collective("pmin", lambda f, a: a * f(jax.lax.stop_gradient(a), "i")),
    collective("psum_scatter", lambda f, a: f(a * a, "i", tiled=True)),
    collective("all_gather", lambda f, a: f(a * a, "i")),
    collective("all_gather", lambda f, a: f(jnp.sin(a), "i", tiled=True), variant="tiled"),
    collective("all_to_all", lambda f, a: f(a * a, "i", 0, 0, tiled=True), variant="tiled"),
    collective("all_to_all", lambda f, a: f(a.reshape(1, 4) * a, "i", 0, 0)),
    collective("ppermute", lambda f, a: f(a * a, "i", [(0, 0)])),
    collective("axis_index", lambda f, a: a * a * (2 - f("i"))),
    collective(
        "all_gather",
        lambda f, a: f(a * a, "i", tiled=True, to="invarying"),
        variant="invarying",
        out=WHOLE,
        first="0.10",
    ),
    collective("pcast", lambda f, a: f(a * a, "i", to="varying"), into=WHOLE),
)

PLACEMENT = (
    entry("jax.device_put", "(*n)", call=lambda f, x: f(jnp.sin(x), jax.devices()[0])),
    entry(
        "jax.sharding.reshard",
        "(4)",
        call=lambda f, x: jnp.sin(f(x * x, NamedSharding(explicit_mesh(), SPLIT))),
        since="0.7",
    ),
    entry(
        "lax.with_sharding_constraint",
        "(4)",
        call=lambda f, x: f(x * x, NamedSharding(_mesh(), SPLIT)),
    ),
)

DEVICES = (*COLLECTIVES, *PLACEMENT)
