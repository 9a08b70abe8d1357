"""Known issues: triaged, true faults of releases, each with a witness that shows it every run."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import STEP, Case
from gradlaw.conformance.number_types import widened
from gradlaw.conformance.outcome import Outcome, Worst
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.release_ranges import holds
from gradlaw.oracles.rounding.arithmetic import Arithmetic
from gradlaw.strategies.batches import Batching

NEAR_UNDERFLOW = 2.0**10
"""Smallest normal numbers up to which a result counts as near underflow."""

COARSE = 2.0**-3
"""Relative error of a factor that is rounded as a subnormal number of three significant bits."""


@dataclass(frozen=True, kw_only=True)
class KnownFault:
    """One entry of ``known_issues.toml``.

    Attributes:
        name: unique.
        pattern: of nodes, with ``*``: ``quadratic-*-float16-cpu``; a list where several
            functions share one cause.
        verdict: that the fault earns; a list where one cause shows in several ways.
        releases: of JAX, as a version specifier.
        reason: what is wrong, and how that was established.
        products: the fault counts only where some product of at most two numbers of each leaf
            leaves the dtype's range on this side, and, below, only where what came is zero, or is
            subnormal and what should come is near that, or has few digits of a subnormal number in
            a dtype that has them; anywhere if it is not given.
        most: the largest error that it accounts for, in ULP of the dtype, or where a rule is read
            of the dtype that it is read in; any where it is not given.
        relative: the largest error that it accounts for, in units of what should come or, where
            that is larger, of the smallest normal number; 1 where all digits are lost.
        negated: the fault counts only where a wrong rule has the wrong sign, and all digits right.
        up_to: the fault counts only where some number of the example has no larger magnitude; at
            any numbers if it is not given.
        only_compiled: the fault counts only where the same example does not fail with
            ``jax.disable_jit()``.
        reciprocals: the fault counts only where the reciprocal of some number of the example is
            subnormal.
        order: the fault counts, its witness aside, only under laws that differentiate so often.
        says: what the explanation holds: of an exception that was raised, a part of its text; a
            list where one cause says several things.
        primitive: the fault counts only where the law's own program holds that primitive.
        blames: the fault counts only where an equation of that primitive loses the digits, or makes
            the NaN or the infinity.
        witness: the example that shows it: node, plan and numbers; complex ones are strings as
            Python writes them, ``"1.5-0.0j"``.
        link: to where it is discussed.
    """

    name: str
    pattern: str | Sequence[str]
    verdict: str | Sequence[str]
    releases: str
    reason: str
    witness: Mapping[str, Any]
    products: Literal["overflow", "underflow"] | None = None
    only_compiled: bool = False
    reciprocals: bool = False
    most: float | None = None
    relative: float | None = None
    negated: bool = False
    up_to: float | None = None
    order: int = 1
    says: str | Sequence[str] = ""
    primitive: str = ""
    blames: str = ""
    link: str = ""

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns, however many there are."""
        return _listed(self.pattern)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdicts, however many there are."""
        return _listed(self.verdict)

    def holds_for(self, release: str) -> bool:
        """Whether the release has the fault."""
        return holds(self.releases, release)

    def covers(
        self, nodes: Collection[str], outcome: Outcome, example: Example, numbers: Arithmetic
    ) -> bool:
        """Whether a failing verdict on an example is this fault.

        Args:
            nodes: the node's own name, and those of nodes whose faults it has.
            outcome: the verdict and the component that earned it.
            example: the numbers.
            numbers: the dtype's arithmetic.
        """
        if outcome.verdict not in self.verdicts:
            return False
        if not any(fnmatchcase(name, pattern) for name in nodes for pattern in self.patterns):
            return False
        if not any(said in outcome.explanation for said in _listed(self.says)):
            return False
        worst = outcome.worst
        if self.most is not None and (worst is None or not worst.error <= self.most):
            return False
        if self.relative is not None and not _relative_error(worst, numbers) <= self.relative:
            return False
        if self.negated and not _is_negated(worst):
            return False
        if self.up_to is not None and not _smallest_number(example) <= self.up_to:
            return False
        if self.reciprocals and not _largest_number(example) > 1 / numbers.tiny:
            return False
        match self.products:
            case "overflow":
                return _largest_product(example) > math.log2(numbers.largest)
            case "underflow":
                coarse = not numbers.flushes and _relative_error(worst, numbers) <= COARSE
                return (coarse or _lost(outcome, numbers)) and (
                    _smallest_product(example) < math.log2(numbers.tiny)
                )
            case None:
                return True

    def witness_plan(self, case: Case) -> Plan:
        """The plan of the witness."""
        batching = self.witness.get("batching")
        return Plan(
            shapes={name: tuple(self.witness["shapes"][name]) for name in case.leaves},
            argnums=_argnums(self.witness["argnums"]),
            outer_argnums=self.witness.get("outer_argnums"),
            batching=None
            if batching is None
            else Batching(
                size=batching["size"],
                in_axes=tuple(None if axis == "None" else axis for axis in batching["in_axes"]),
                out_axis=batching["out_axis"],
            ),
        )

    def witness_example(self, case: Case, plan: Plan, dtype: Any) -> Example:
        """The numbers of the witness: one row, repeated over the batch."""
        row = {
            name: np.array(self.witness["leaves"][name], dtype=dtype).reshape(plan.shapes[name])
            for name in case.leaves
        }
        if plan.batching is None:
            return Example(leaves=row, rows=(row,), row_of=None, region="witness")
        size, mapped = plan.batching.size, plan.mapped(case)
        leaves = {
            name: array
            if (axis := mapped[name]) is None
            else np.moveaxis(np.repeat(array[None], size, axis=0), 0, axis)
            for name, array in row.items()
        }
        row_of = np.zeros(size, dtype=np.int64)
        rows = (row,) if size else ()
        return Example(leaves=leaves, rows=rows, row_of=row_of, region="witness")


def _listed(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _relative_error(worst: Worst | None, numbers: Arithmetic) -> float:
    """Of what came, or of a wrong rule's exact reading; NaN where there is no number."""
    if worst is None:
        return math.nan
    if worst.deviation is not None:
        return worst.deviation
    return abs(worst.got - worst.expected) / max(abs(worst.expected), numbers.tiny)


def _is_negated(worst: Worst | None) -> bool:
    """Whether what came is the negative of what should come, but for the floats' own roundings."""
    if worst is None:
        return False
    found, wanted = (worst.deviation, 2.0) if worst.deviation else (worst.got, -worst.expected)
    return abs(found - wanted) <= 2.0**-50 * abs(wanted)


def _lost(outcome: Outcome, numbers: Arithmetic) -> bool:
    """Whether a result came as zero, or near the smallest normal number as a subnormal one.

    What was flushed to zero may have met a large factor.
    """
    worst = outcome.worst
    return worst is not None and (
        worst.got == 0
        or (abs(worst.got) < numbers.tiny and abs(worst.expected) < NEAR_UNDERFLOW * numbers.tiny)
    )


def _exponents(example: Example) -> list[np.ndarray[Any, Any]]:
    """Binary logarithms of the nonzero numbers of each leaf."""
    magnitudes = [np.abs(widened(leaf)) for leaf in example.leaves.values()]
    return [np.log2(leaf[leaf > 0]) for leaf in magnitudes]


def _smallest_number(example: Example) -> float:
    """The smallest magnitude of all leaves' numbers, but for a curve's own."""
    leaves = [leaf for name, leaf in example.leaves.items() if name != STEP]
    magnitudes = [np.abs(widened(leaf)).min(initial=np.inf) for leaf in leaves]
    return float(min(magnitudes, default=np.inf))


def _largest_number(example: Example) -> float:
    """The largest magnitude of all leaves' numbers."""
    magnitudes = [np.abs(widened(leaf)).max(initial=0.0) for leaf in example.leaves.values()]
    return float(max(magnitudes, default=0.0))


def _largest_product(example: Example) -> float:
    """Binary logarithm of 4 times the squares of each leaf's largest number, if above 1."""
    return 2 + sum(2 * float(leaf.max(initial=0.0)) for leaf in _exponents(example))


def _smallest_product(example: Example) -> float:
    """Binary logarithm of the squares of each leaf's smallest number below 1, over all elements."""
    elements = max(leaf.size for leaf in example.leaves.values())
    smallest = sum(2 * float(leaf.min(initial=0.0)) for leaf in _exponents(example))
    return smallest - math.log2(max(1, elements))


def _argnums(argnums: int | Sequence[int]) -> int | tuple[int, ...]:
    return argnums if isinstance(argnums, int) else tuple(argnums)


@cache
def known_faults(release: str) -> tuple[KnownFault, ...]:
    """The faults that a release of JAX is known to have.

    Raises:
        ValueError: if an entry of the file is not as :class:`KnownFault` says, naming it.
    """
    text = files("gradlaw.conformance").joinpath("known_issues.toml").read_text("utf-8")
    faults = []
    for entry in tomllib.loads(text).get("issue", []):
        try:
            faults.append(KnownFault(**entry))
        except TypeError as error:
            message = f"known_issues.toml, entry {entry.get('name', entry)}: {error}"
            raise ValueError(message) from error
    if len({fault.name for fault in faults}) != len(faults):
        message = "known_issues.toml: two entries have one name"
        raise ValueError(message)
    return tuple(fault for fault in faults if fault.holds_for(release))
