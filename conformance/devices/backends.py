"""One law on several platforms of one process: the same numbers, each held against the oracle."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import jax
import msgspec
import numpy as np

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.devices.repeating import Kept
from gradlaw.conformance.distances import places_apart
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import judge
from gradlaw.conformance.outcome import Outcome, finite_or_none, severity
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import Prepared, prepare
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.reports.record import Record
from gradlaw.reports.rooms import DeviceEvidence
from gradlaw.reports.verdict import FAILING

Precision = Literal["default", "high", "highest"]

PRECISIONS: tuple[Precision, ...] = ("default", "high", "highest")
"""Of products, as ``jax.default_matmul_precision`` names them."""


def at_precision(case: Case, precision: Precision) -> Case:
    """The case with its products at a precision; its derivative's products have the same.

    Source: JAX documentation, ``jax.default_matmul_precision``.
    """
    if precision == "default":
        return case
    own = case.function

    @functools.wraps(own)
    def function(*arguments: Any) -> Any:
        with jax.default_matmul_precision(precision):
            return own(*arguments)

    return replace(case, function=function, arguments=case.trees)


@contextmanager
def first_device_of(platform: str) -> Iterator[None]:
    """A context in which the platform's first device is JAX's default."""
    with jax.default_device(jax.devices(platform)[0]):
        yield


@dataclass(kw_only=True)
class BackendsExamination(Examination):
    """A law on a case, on several platforms; its node's backend is the first.

    Attributes:
        backends: the platforms.
        precision: of products.
        distances: for each platform but the first how far its results are from the first's, ULP.
        others: the law prepared for each of them.
    """

    backends: tuple[str, ...]
    precision: Precision
    distances: dict[str, float] = field(default_factory=dict)
    others: dict[str, Prepared] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.judge = self._on_each
        self.case = at_precision(self.case, self.precision)

    @property
    def node(self) -> str:
        """The node's own name, as it stands between brackets."""
        names = " and ".join(self.backends)
        return f"{self.case.name}-{self.law.name} {self.placement}-{self.dtype}-{names}"

    @property
    def placement(self) -> str:
        """What the report says beside the law."""
        return f"at {self.precision} precision"

    def record(self) -> Record:
        """Examine the node."""
        record = super().record()
        evidence = DeviceEvidence(
            placement=self.placement,
            backends=self.backends,
            apart={
                f"{self.backends[0]} and {name}": finite_or_none(ulps)
                for name, ulps in self.distances.items()
            },
        )
        return msgspec.structs.replace(record, room="device", device=evidence)

    def _prepare(self, plan: Plan) -> Prepared:
        self.others = {}
        for name in self.backends[1:]:
            rounded = Rounded(name, self.case.solve_backward_error)
            self.others[name] = prepare(self.case, self.law, plan, self.dtype, rounded)
            self._charge(self.others[name].seconds)
        return super()._prepare(plan)

    def _on_each(self, prepared: Prepared, example: Example, dtype: str) -> Outcome:
        """The worst outcome of all platforms; how far they are apart is kept."""
        outcomes: list[Outcome] = []
        first: list[np.ndarray[Any, Any]] = []
        for name, one in {self.backends[0]: prepared, **self.others}.items():
            kept = one.call if isinstance(one.call, Kept) else Kept(call=one.call)
            one.call = kept
            with first_device_of(name):
                outcome = judge(one, example, dtype)
            if outcome.verdict in FAILING:
                outcome.explanation = f"on {name}: {outcome.explanation}"
            outcomes.append(outcome)
            results = [np.asarray(array) for array in kept.returned]
            if name == self.backends[0]:
                first = results
            elif len(results) == len(first):
                found = max(map(places_apart, first, results), default=0.0)
                self.distances[name] = max(self.distances.get(name, 0.0), found)
        worst = max(outcomes, key=lambda outcome: severity(outcome.verdict))
        worst.components = sum(outcome.components for outcome in outcomes)
        return worst
