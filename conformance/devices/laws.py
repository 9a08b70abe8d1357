"""Device laws: compositions on a mesh, and how their arguments lie on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from jax.sharding import PartitionSpec

from gradlaw.conformance.case import Case
from gradlaw.conformance.devices.releases import has
from gradlaw.conformance.devices.transforms import (
    IN_PARTS,
    SAYS_WHERE,
    TELLING_WHERE,
    TOLD_WHERE,
    MeshAxes,
)
from gradlaw.conformance.laws import Law
from gradlaw.conformance.laws.transform import Axes, Transform
from gradlaw.conformance.plan import applies

Placement = Literal["batch", "axis", "both", "partly", "replicated"]

WORDS: dict[Placement, str] = {
    "batch": "sharded by batch",
    "axis": "sharded by axis",
    "both": "sharded by batch and axis",
    "partly": "partly replicated",
    "replicated": "replicated",
}
"""How the arguments lie on the mesh.

*batch*: the batch's axis over all devices. *axis*: an axis of the arguments themselves. *both*: a
mesh of two axes, one for each. *partly*: a mesh of two axes of which one holds the batch, and the
other copies; an argument that could be sharded may be replicated. *replicated*: everything on every
device.
"""


@dataclass(frozen=True, kw_only=True)
class DeviceLaw(Law):
    """A composition on a mesh.

    Attributes:
        placement: how the arguments lie on it.
        needs: what the release must have, as :func:`releases.has` names it.
    """

    placement: Placement
    needs: str = ""

    @property
    def known(self) -> Mapping[str, Transform]:
        """The transformations that it may compose."""
        return TELLING_WHERE if SAYS_WHERE & set(self.transforms) else TOLD_WHERE

    @property
    def title(self) -> str:
        """The composition, and how the arguments lie."""
        return f"{self.name} {WORDS[self.placement]}"

    @property
    def in_parts(self) -> bool:
        """Whether each device runs the function on its own part of the batch."""
        return bool(IN_PARTS & set(self.transforms))

    @property
    def by_shared(self) -> bool:
        """Whether it differentiates by arguments alone that are the same for all examples.

        Where each device has a gradient of its own mean, their mean is one by what they share.
        """
        names = list(self.transforms)
        averaged = self.equals.batch == "gradient of mean" and "pmean" in names
        return averaged and names.index("pmean") < names.index("grad")

    def primal(self, function: Callable[..., Any], axes: Axes) -> Callable[..., Any]:
        """The function that it differentiates, as the mesh computes it."""
        if self.equals.batch != "gradient of mean":
            return function
        return self._composed(function, axes, [step for step in self.steps if not step.order])

    def mean(self, axes: Axes) -> Callable[[Any], Any]:
        """How it takes the mean of gradients: of each device's part first, where it is in parts."""
        if not self.in_parts:
            return super().mean(axes)
        assert isinstance(axes, MeshAxes)
        along = replace(axes, out_axis=0, in_axes=(0,), in_specs=(PartitionSpec(axes.over),))
        steps = [step for step in self.steps if not (step.order or step.batch == "mapped")]
        return self._composed(lambda batch: batch, along, steps)

    @staticmethod
    def _composed(
        function: Callable[..., Any], axes: Axes, steps: list[Transform]
    ) -> Callable[..., Any]:
        for step in steps:
            function = step(function, axes, differentiated=False)
        return function

    @property
    def present(self) -> bool:
        """Whether the installed release has what it needs."""
        return not self.needs or has(self.needs)

    def met_by(self, case: Case) -> bool:
        """Whether it means anything on a case."""
        if self.by_shared and len(case.trees) == 1:
            return False
        if self.placement in {"axis", "both"} and (case.heavy or not any(case.axes.values())):
            return False
        return applies(case, self)


def _laws() -> tuple[DeviceLaw, ...]:
    compiled: dict[str, tuple[Placement, ...]] = {
        "jit(grad)": ("axis", "replicated"),
        "jit(value_and_grad)": ("axis",),
        "jit(vmap(grad))": ("batch", "both", "partly"),
        "jit(vmap(value_and_grad))": ("batch",),
        "jit(vmap(jacfwd))": ("batch",),
        "jit(mean(vmap(grad)))": ("batch", "both"),
        "jit(grad(mean(vmap)))": ("batch", "both", "partly"),
        "device_put(jit(vmap(grad)))": ("partly",),
        "device_put(jit(grad(mean(vmap))))": ("both",),
        "jit(shard_map(pvary(vmap(grad))))": ("batch",),
        "jit(shard_map(pvary(pmean(mean(vmap(grad))))))": ("batch", "partly"),
        "jit(shard_map(pvary(psum(mean(vmap(grad))))))": ("batch",),
        "jit(unchecked_shard_map(psum(mean(vmap(grad)))))": ("batch",),
        "jit(unchecked_shard_map(pmean(grad(mean(vmap)))))": ("batch",),
        "jit(grad(shard_map(pmean(mean(vmap)))))": ("batch", "partly"),
        "jit(grad(unchecked_shard_map(pmean(mean(vmap)))))": ("batch",),
        "jit(grad(shard_map(psum(mean(vmap)))))": ("batch",),
    }
    laws = [
        DeviceLaw(
            name=name,
            placement=placement,
            needs="grad of what varies" if "shard_map(pvary" in name else "",
        )
        for name, placements in compiled.items()
        for placement in placements
    ]
    inside = "jit(shard_map(grad(pmean(mean(vmap)))))"
    laws += [DeviceLaw(name=inside, placement="batch", needs="grad in shard_map")]
    mapped = "pmap(vmap(grad))", "pmap(pmean(mean(vmap(grad))))"
    laws += [DeviceLaw(name=name, placement="batch", needs="pmap") for name in mapped]
    of_mapped = "grad(pmap(pmean(mean(vmap))))"
    laws += [DeviceLaw(name=of_mapped, placement="batch", needs="grad of pmap")]
    return tuple(laws)


DEVICE_LAWS = _laws()
"""All of them, whatever the installed release has."""


def law_titled(title: str) -> DeviceLaw:
    """The law of that title.

    Raises:
        KeyError: naming the laws there are.
    """
    for law in DEVICE_LAWS:
        if law.title == title:
            return law
    titles = ", ".join(law.title for law in DEVICE_LAWS)
    message = f"no device law is called {title!r}; there are {titles}"
    raise KeyError(message)
