"""A device law examined: judged as any law is, and on every device that holds its results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import msgspec
import numpy as np
from hypothesis.strategies import SearchStrategy

from gradlaw.conformance.answers import Example
from gradlaw.conformance.devices.laws import WORDS, DeviceLaw
from gradlaw.conformance.devices.plans import DevicePlan, device_plans
from gradlaw.conformance.devices.repeating import Kept, differing
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import judge
from gradlaw.conformance.outcome import Outcome, charged, severity
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.searching import drawn
from gradlaw.oracles.interpreter.calls import CALLS, called
from gradlaw.oracles.interpreter.liveness import live_equations
from gradlaw.reports.record import Record
from gradlaw.reports.rooms import DeviceEvidence
from gradlaw.reports.verdict import FAILING


@dataclass(kw_only=True, eq=False)
class Spread(Kept):
    """A law's callable whose arguments and results lie on several devices.

    Attributes:
        plan: what it is compiled for.
        specs: for each argument a pytree of ``PartitionSpec``.
        processes: that hold the devices.
        anywhere: whether results may lie elsewhere: ``pmap`` leaves to others what they lie on
            that join its parts.
    """

    plan: DevicePlan
    specs: tuple[Any, ...]
    processes: int
    anywhere: bool

    def __call__(self, *arguments: Any) -> Any:
        """Results whole, in this process.

        Source: JAX documentation, "Introduction to multi-controller JAX": a process holds no part
        of an array but its own.
        """
        if self.processes == 1:
            return super().__call__(*arguments)
        from jax.experimental import multihost_utils

        results = super().__call__(*self._placed(arguments))
        return jax.tree.map(lambda r: multihost_utils.process_allgather(r, tiled=True), results)

    def _placed(self, arguments: tuple[Any, ...]) -> Any:
        def placed(spec: Any, leaf: Any) -> Any:
            array, sharding = np.asarray(leaf), jax.sharding.NamedSharding(self.plan.mesh, spec)
            return jax.make_array_from_callback(array.shape, sharding, lambda place: array[place])

        is_spec = lambda tree: isinstance(tree, jax.sharding.PartitionSpec)  # noqa: E731
        return jax.tree.map(placed, self.specs, arguments, is_leaf=is_spec)

    def misplaced(self) -> str:
        """What is wrong with where the results lie; empty where nothing is."""
        wanted = set(self.plan.mesh.devices.flat)
        found = [array.sharding.device_set for array in self.returned]
        if self.anywhere or wanted in found:
            return ""
        return f"the result lies on {len(found[0])} devices, and the mesh has {len(wanted)}"

    def unlike(self) -> str:
        """Which devices hold other numbers for one part of a result; empty where none do."""
        for array in self.returned:
            copies: dict[str, list[Any]] = defaultdict(list)
            for shard in array.addressable_shards:
                copies[str(shard.index)].append(shard)
            for place, (first, *others) in copies.items():
                numbers = np.asarray(first.data).tobytes()
                for other in others:
                    if np.asarray(other.data).tobytes() != numbers:
                        pair = f"{other.device} and {first.device}"
                        return f"{pair} hold different numbers at {place}"
        return ""


def judge_on_devices(prepared: Prepared, example: Example, dtype: str) -> Outcome:
    """Hold what the law returns against the closed form, and its copies against each other."""
    outcome = judge(prepared, example, dtype)
    spread = prepared.call
    assert isinstance(spread, Spread)
    if outcome.verdict in FAILING or not spread.returned:
        return outcome
    with charged(outcome, "verdict"):
        misplaced = spread.misplaced()
        if misplaced and _depends(prepared.program.jaxpr):
            outcome.verdict, outcome.explanation = "wrong structure", misplaced
        elif unlike := spread.unlike():
            outcome.verdict, outcome.explanation = "wrong number", unlike
        elif spread.processes == 1:
            differing(outcome, spread.call, spread.arguments, spread.returned, "called again")
    return outcome


def _depends(jaxpr: Any) -> bool:
    """Whether a program reads any argument; what reads none runs on JAX's default device."""
    arguments = set(jaxpr.invars)
    for equation in live_equations(jaxpr):
        if equation.primitive.name in CALLS:
            program = called(equation)
            if _depends(getattr(program, "jaxpr", program)):
                return True
        elif any(not hasattr(atom, "val") and atom in arguments for atom in equation.invars):
            return True
    return any(not hasattr(atom, "val") and atom in arguments for atom in jaxpr.outvars)


@dataclass(kw_only=True)
class DeviceExamination(Examination):
    """A device law on a case, in a dtype, on some devices of a backend.

    Attributes:
        devices: how many.
        processes: that hold them, of which this is one; all examine the same.
    """

    law: DeviceLaw
    devices: int
    processes: int = 1
    judge: Callable[[Prepared, Example, str], Outcome] = judge_on_devices

    @property
    def node(self) -> str:
        """The node's own name, as it stands between brackets."""
        return "-".join((self.case.name, self.law.title, self.where, self.dtype, self.backend))

    @property
    def where(self) -> str:
        """On how many devices, of how many processes."""
        devices = f"{self.devices} device{'s' if self.devices > 1 else ''}"
        return devices if self.processes == 1 else f"{devices} of {self.processes} processes"

    def record(self) -> Record:
        """Examine the node."""
        evidence = DeviceEvidence(
            devices=self.devices, processes=self.processes, placement=WORDS[self.law.placement]
        )
        return msgspec.structs.replace(super().record(), room="device", device=evidence)

    def _plans(self) -> Iterator[Plan]:
        yield from device_plans(
            self.case,
            self.law,
            self.dtype,
            self.backend,
            self.devices,
            size=self.profile.plans,
            seed=self.seed,
        )

    def _prepare(self, plan: Plan) -> Prepared:
        prepared = super()._prepare(plan)
        assert isinstance(plan, DevicePlan)
        prepared.call = Spread(
            call=prepared.call,
            plan=plan,
            specs=plan.axes(self.case).in_specs,
            processes=self.processes,
            anywhere="pmap" in self.law.transforms,
        )
        return prepared

    def _smallest(
        self,
        prepared: Prepared,
        plan: Plan,
        strategy: SearchStrategy[Example],
        count: int,
        passed: int,
    ) -> tuple[Example, Outcome] | None:
        """The smallest failing example; processes that must keep step make none smaller."""
        if self.processes == 1:
            return super()._smallest(prepared, plan, strategy, count, passed)
        failing: list[tuple[Example, Outcome]] = []
        examples_drawn = drawn(strategy, count, self._entropy(str(plan)))
        for example in examples_drawn[passed:] or examples_drawn:
            is_simplest = example is examples_drawn[0]
            outcome = self._fails(prepared, plan, example, True, is_simplest=is_simplest)
            failing += [] if outcome is None else [(example, outcome)]
        return max(failing, key=lambda found: severity(found[1].verdict), default=None)
