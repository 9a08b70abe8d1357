"""Collectives over the named axis of a batch, and over the same mesh of several devices.

What each does is one operation on the whole array, which is the reference: no batching rule and no
transpose of a collective is in it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import AbstractMesh, Mesh, PartitionSpec

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.devices.releases import shard_map, unchecked_shard_map

PARTS = 4
"""Of the named axis."""

RING = [(place, (place + 1) % PARTS) for place in range(PARTS)]
ROUND = [(0, 2), (1, 0), (2, 3), (3, 1)]
"""Its own inverse no more than a ring is."""

Part = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Way:
    """How the parts of an array are computed, each by itself but for collectives.

    Attributes:
        title: what a case is called by.
        make: ``(part) -> (whole)``: a function of one part, to one of the whole array.
        only_read: as in ``Case``.
    """

    title: str
    make: Callable[[Part], Part]
    only_read: bool = False


def _of_examples(part: Part) -> Part:
    mapped: Part = jax.vmap(part, axis_name="i")
    return mapped


def _mesh() -> Any:
    """As many devices as the axis has parts: those there are, or else none in particular."""
    devices = jax.devices()[:PARTS]
    if len(devices) == PARTS:
        return Mesh(np.array(devices), ("i",))
    if "axis_names" not in inspect.signature(AbstractMesh).parameters:  # until JAX 0.5
        return AbstractMesh((("i", PARTS),))
    return AbstractMesh((PARTS,), ("i",), axis_types=(jax.sharding.AxisType.Auto,))


def _of_devices(part: Part) -> Part:
    over = PartitionSpec("i")
    return shard_map(lambda parts: part(parts[0])[None], _mesh(), over, over)


def _of_unchecked_devices(part: Part) -> Part:
    over = PartitionSpec("i")
    return unchecked_shard_map(lambda parts: part(parts[0])[None], _mesh(), over, over)


WAYS = (
    Way(title="named axis", make=_of_examples),
    Way(title="four devices", make=_of_devices, only_read=True),
    Way(title="four devices,unchecked", make=_of_unchecked_devices, only_read=True),
)


def collective(
    name: str,
    part: Part,
    reference: Callable[[Any], Any],
    *,
    signature: str = f"({PARTS},n)",
    variant: str = "",
) -> Iterator[Entry]:
    """A collective of ``jax.lax`` in each way.

    Args:
        name: of the collective.
        part: what one place of the axis computes, of its part.
        reference: what all do, of the whole array.
        signature, variant: as of any entry.
    """
    for way in WAYS:
        yield entry(
            f"lax.{name}",
            signature,
            variant=",".join(filter(None, (variant, way.title))),
            call=lambda _, x, make=way.make: make(part)(x),
            reference=reference,
            only_read=way.only_read,
        )


def permuted(x: Any, sent: list[tuple[int, int]]) -> Any:
    """What ``ppermute`` does: zeros where nothing is sent to."""
    received = [
        next((x[source] for source, target in sent if target == place), jnp.zeros_like(x[place]))
        for place in range(PARTS)
    ]
    return jnp.stack(received)


def in_tiles(x: Any) -> Any:
    """The last axis in as many parts as the named axis has."""
    return x.reshape(*x.shape[:-1], PARTS, x.shape[-1] // PARTS)


def _indices(x: Any) -> Any:
    return jnp.arange(PARTS, dtype=x.dtype)[:, None]


NAMED_AXES = (
    *collective("psum", lambda a: a * lax.psum(a * a, "i"), lambda x: x * jnp.sum(x * x, axis=0)),
    *collective(
        "psum",
        lambda a: lax.psum((a * a, jnp.sin(a)), "i")[0] * a,
        lambda x: x * jnp.sum(x * x, axis=0),
        variant="of a tree",
    ),
    *collective(
        "pmean", lambda a: a * lax.pmean(a * a, "i"), lambda x: x * jnp.sum(x * x, axis=0) / PARTS
    ),
    *collective(
        "ppermute",
        lambda a: a * lax.ppermute(a * a, "i", RING),
        lambda x: x * permuted(x * x, RING),
        variant="ring",
    ),
    *collective(
        "ppermute",
        lambda a: a * lax.ppermute(a * a, "i", ROUND),
        lambda x: x * permuted(x * x, ROUND),
        variant="round",
    ),
    *collective(
        "pshuffle",
        lambda a: a * lax.pshuffle(a * a, "i", [2, 0, 3, 1]),
        lambda x: x * (x * x)[jnp.array([2, 0, 3, 1])],
    ),
    *collective(
        "axis_index",
        lambda a: a * a * (1 + lax.axis_index("i")),
        lambda x: x * x * (1 + _indices(x)),
    ),
    *collective(
        "all_gather",
        lambda a: lax.all_gather(a * a, "i") * a,
        lambda x: (x * x)[None] * x[:, None],
    ),
    *collective(
        "all_gather",
        lambda a: lax.all_gather(a * a, "i", axis=1) * a[:, None],
        lambda x: (x * x).T[None] * x[:, :, None],
        variant="along the second axis",
    ),
    *collective(
        "all_gather",
        lambda a: jnp.sin(lax.all_gather(a * a, "i", axis=0, tiled=True)) * a[0],
        lambda x: jnp.sin((x * x).reshape(-1))[None] * x[:, :1],
        variant="tiled",
        signature=f"({PARTS},3)",
    ),
    *collective(
        "psum_scatter",
        lambda a: lax.psum_scatter(a * a, "i") * a[0],
        lambda x: jnp.sum(x * x, axis=0) * x[:, 0],
        signature=f"({PARTS},{PARTS})",
    ),
    *collective(
        "psum_scatter",
        lambda a: lax.psum_scatter(a * a, "i", scatter_dimension=1) * a[:, 0],
        lambda x: jnp.sum(x * x, axis=0).T * x[:, :, 0],
        variant="along the second axis",
        signature=f"({PARTS},n,{PARTS})",
    ),
    *collective(
        "psum_scatter",
        lambda a: lax.psum_scatter(a * a, "i", scatter_dimension=1, tiled=True) * a[:, :2],
        lambda x: jnp.moveaxis(in_tiles(jnp.sum(x * x, axis=0)), 1, 0) * x[:, :, :2],
        variant="tiled",
        signature=f"({PARTS},n,{2 * PARTS})",
    ),
    *collective(
        "all_to_all",
        lambda a: lax.all_to_all(a * a, "i", 0, 0) * a,
        lambda x: jnp.swapaxes(x * x, 0, 1) * x,
        signature=f"({PARTS},{PARTS},n)",
    ),
    *collective(
        "all_to_all",
        lambda a: lax.all_to_all(a * a, "i", 0, 1) * a[0][:, None],
        lambda x: jnp.transpose(x * x, (1, 2, 0)) * x[:, 0][:, :, None],
        variant="onto the second axis",
        signature=f"({PARTS},{PARTS},n)",
    ),
    *collective(
        "all_to_all",
        lambda a: jnp.sin(lax.all_to_all(a * a, "i", 1, 0, tiled=True)),
        lambda x: jnp.sin(
            jnp.transpose(in_tiles(x * x), (2, 0, 1, 3)).reshape(PARTS, PARTS * x.shape[1], 2)
        ),
        variant="tiled",
        signature=f"({PARTS},n,{2 * PARTS})",
    ),
)
