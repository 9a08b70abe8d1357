"""Plans on a mesh: which devices, in which order, and what of each argument each of them holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

import jax
import numpy as np
from jax.sharding import Mesh, PartitionSpec

from gradlaw.conformance.case import Case, leaf_names
from gradlaw.conformance.devices.laws import DeviceLaw
from gradlaw.conformance.devices.transforms import MeshAxes
from gradlaw.conformance.laws.composition import Batch
from gradlaw.conformance.layout import seed_from
from gradlaw.conformance.plan import Plan, drawn_argnums
from gradlaw.conformance.searching import drawn
from gradlaw.strategies.batches import Batching
from gradlaw.strategies.shapes import leaf_shapes
from gradlaw.strategies.signatures import Signature

LARGEST = 12
"""Elements of an example's largest argument, before an axis is made as long as devices ask."""

BATCHES = (1, 3, 2, 1, 3, 2, 1, 3, 2, 0)
"""Examples that each device gets; none only where no mean is taken."""

Split = tuple[tuple[str, ...], ...]
"""For each axis of an array the mesh axes that it is split over."""


@dataclass(frozen=True, kw_only=True)
class DevicePlan(Plan):
    """A plan on a mesh.

    Attributes:
        platform: of the devices.
        order: which of them, in row-major order of the mesh.
        mesh_shape: sizes of the mesh's axes by name.
        splits: how each leaf, with its batch, is split.
        over: the mesh axes that the batch lies over.
        meaning: what becomes of the examples in a batch.
    """

    platform: str
    order: tuple[int, ...]
    mesh_shape: Mapping[str, int]
    splits: Mapping[str, Split]
    over: tuple[str, ...]
    meaning: Batch

    @cached_property
    def mesh(self) -> Mesh:
        """The mesh."""
        devices = jax.devices(self.platform)
        chosen = np.array([devices[place] for place in self.order], dtype=object)
        return Mesh(chosen.reshape(tuple(self.mesh_shape.values())), tuple(self.mesh_shape))

    def axes(self, case: Case) -> MeshAxes:
        """What the law's transformations are told."""
        specs = {
            name: PartitionSpec(*(names or None for names in split))
            for name, split in self.splits.items()
        }
        return MeshAxes(
            **vars(super().axes(case)),
            mesh=self.mesh,
            in_specs=case.assemble(specs),
            over=self.over,
            meaning=self.meaning,
        )

    @property
    def preamble(self) -> str:
        """The lines of a script that make the mesh."""
        sizes, names = tuple(self.mesh_shape.values()), tuple(self.mesh_shape)
        virtual = (
            "import os\n"
            f'os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count={len(self.order)}"'
        )
        lines = [
            *([virtual] if self.platform == "cpu" else []),
            "from jax.sharding import Mesh, PartitionSpec",
            f"devices = np.array(jax.devices({self.platform!r}))[{list(self.order)}]",
            f"mesh = Mesh(devices.reshape({sizes}), {names})",
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        sizes = " × ".join(f"{name}: {size}" for name, size in self.mesh_shape.items())
        lying = ", ".join(f"{name}: {_written(split)}" for name, split in self.splits.items())
        return f"{super().__str__()}; mesh {sizes} of devices {list(self.order)}; {lying}"


def _written(split: Split) -> str:
    return f"P({', '.join('+'.join(names) or 'None' for names in split)})"


def device_plans(
    case: Case, law: DeviceLaw, dtype: str, platform: str, devices: int, *, size: int, seed: int
) -> list[DevicePlan]:
    """Plans of a device law on a case, the same for the same seed.

    Args:
        case, law, dtype, platform: the node.
        devices: how many there are in the mesh.
        size: how many plans.
        seed: of the run.
    """
    entropy = f"{seed} {case.name}-{law.title}-{devices}-{dtype}-{platform}"
    chance = Random(seed_from(entropy))
    shapes = leaf_shapes(
        Signature.parse(case.signature),
        min_size=max(case.min_size, 1),
        max_size=min(case.max_size, LARGEST),
        max_elements=LARGEST,
    )
    # Hypothesis begins with the simplest, which hides most.
    found = drawn(shapes, 4 * size, entropy)[1:] or drawn(shapes, 1, entropy)
    return [_plan(case, law, platform, devices, chance.choice(found), chance) for _ in range(size)]


def _plan(
    case: Case,
    law: DeviceLaw,
    platform: str,
    devices: int,
    shapes: tuple[tuple[int, ...], ...],
    chance: Random,
) -> DevicePlan:
    mesh = _mesh(law, devices, chance)
    named = dict(zip(case.leaves, shapes, strict=True))
    splits: dict[str, Split] = {name: ((),) * len(shape) for name, shape in named.items()}
    if law.placement in {"axis", "both"}:
        along = "i" if law.placement == "axis" else "j"
        named, splits = _along_an_axis(case, named, along, mesh[along], chance)
    order = tuple(chance.sample(range(devices), devices))
    plan = DevicePlan(
        shapes=named,
        argnums=drawn_argnums(len(case.trees), chance),
        platform=platform,
        order=order,
        mesh_shape=mesh,
        splits=splits,
        over=(),
        meaning=law.equals.batch,
    )
    return _in_batches(case, law, plan, chance) if law.batched else plan


def _mesh(law: DeviceLaw, devices: int, chance: Random) -> dict[str, int]:
    """A mesh of one axis or, where the law or chance will have it, of two."""
    divisors = [size for size in range(1, devices + 1) if devices % size == 0]
    inner = divisors[1:-1] or divisors
    if law.placement in {"both", "partly"}:
        first = chance.choice(inner)
        return {"i": first, "j": devices // first}
    if law.batched and "pmap" not in law.transforms and chance.random() < 1 / 3:
        first = chance.choice(inner)
        return {"j": first, "i": devices // first}
    return {"i": devices}


def _along_an_axis(
    case: Case, shapes: Mapping[str, tuple[int, ...]], along: str, parts: int, chance: Random
) -> tuple[dict[str, tuple[int, ...]], dict[str, Split]]:
    """One size made so many times as long, and every axis of that size split in so many parts."""
    sizes = sorted({size for axes in case.axes.values() for size in axes if not size.isdigit()})
    size = chance.choice(sizes)
    rank = max(len(shapes[name]) for name, axes in case.axes.items() if size in axes)
    starred = chance.randrange(max(1, rank))
    longer, splits = dict[str, tuple[int, ...]](), dict[str, Split]()
    for name, shape in shapes.items():
        axes = case.axes[name]
        chosen = [
            starred == axis if size.startswith("*") and axes else axes[axis] == size
            for axis in range(len(shape))
        ]
        longer[name] = tuple(n * parts if at else n for n, at in zip(shape, chosen, strict=True))
        # One mesh axis splits one axis of an array.
        first = chosen.index(True) if any(chosen) else -1
        splits[name] = tuple((along,) if axis == first else () for axis in range(len(shape)))
    return longer, splits


def _in_batches(case: Case, law: DeviceLaw, plan: DevicePlan, chance: Random) -> DevicePlan:
    """The same with a batch, of which each device holds a part."""
    over = ("i",) if law.placement in {"both", "partly"} else tuple(sorted(plan.mesh_shape))
    over = () if law.placement == "replicated" else over
    extent = math.prod(plan.mesh_shape[name] for name in over)
    each = chance.choice(BATCHES if law.equals.batch == "stacked" else BATCHES[:-1])
    argnums = plan.argnums
    shared: list[str] = []
    if law.by_shared:
        argnums = chance.randrange(len(case.trees))
        shared = leaf_names(case.trees[argnums])
    mapped = {
        name: None if name in shared or chance.random() < 1 / 3 else chance.randint(0, len(shape))
        for name, shape in plan.shapes.items()
    }
    if all(axis is None for axis in mapped.values()):
        mapped[chance.choice([name for name in mapped if name not in shared])] = 0
    splits = dict(plan.splits)
    copied = law.placement == "partly" and not law.in_parts
    for place, (name, axis) in enumerate(mapped.items()):
        if axis is not None:
            alike = copied and place and chance.random() < 1 / 2
            splits[name] = (*splits[name][:axis], () if alike else over, *splits[name][axis:])
    chosen = replace(plan, argnums=argnums)
    ranks = [len(plan.shapes[name]) for name in chosen.selected(case)]
    out_axis = 0 if law.equals.with_value else chance.randint(0, min(ranks))
    batching = Batching(size=each * extent, in_axes=tuple(mapped.values()), out_axis=out_axis)
    return replace(chosen, splits=splits, over=over, batching=batching)
