"""One case in one dtype: returned gradients against their programs' certified bounds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import jax
import numpy as np
from flint import arb, ctx

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases.families import family
from gradlaw.conformance.comparing import WEAK
from gradlaw.conformance.drawing import ORDINARY, at_ordinary_numbers, examples
from gradlaw.conformance.judging import PRECISIONS
from gradlaw.conformance.number_types import array_dtype
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.primals import as_argument, zeros
from gradlaw.conformance.searching import drawn
from gradlaw.oracles.allowance import allowance
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.interpreter.arrays import mapped
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.x64 import x64
from gradlaw.strategies.shapes import leaf_shapes
from gradlaw.strategies.signatures import Signature

DEGENERATE = "degenerate_matrices"
"""The family that is a region of its own: singular matrices, and those at the ends of a range."""

LARGEST = 64
"""Elements of an argument: many examples say more than large ones."""

DRAWN = 6
"""Shapes drawn, of which the largest are taken."""

LIMIT = 1_000_000
"""Scalar results of a program: larger ones have no certificate here."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A returned component outside its certified bound.

    Attributes:
        case, dtype, region: where.
        output, place: which component.
        got, exact: the component and the program's true value.
        error, bound: in ULP.
        arguments: the leaves' numbers.
    """

    case: str
    dtype: str
    region: str
    output: int
    place: tuple[int, ...]
    got: float
    exact: float
    error: float
    bound: float
    arguments: dict[str, Any]


@dataclass(kw_only=True)
class Tally:
    """What the components of a case in a dtype added up to.

    Attributes:
        components: returned by JAX and held against a bounded ball.
        unbounded: components whose ball says nothing, since rounding may decide or overflow.
        undefined: components of which the program makes no number, as JAX did not.
        bounds: at ordinary values, every bound in ULP; infinite where there is none.
        ratios: error / bound of those whose exact value is a normal number.
        violations: components outside their bounds, at whatever values.
        reason: why there is no certificate; empty where there is.
        late: whether time ran out before all components were held.
        seconds: that it took.
    """

    components: int = 0
    unbounded: int = 0
    undefined: int = 0
    bounds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    reason: str = ""
    late: bool = False
    seconds: float = 0.0

    @property
    def weak(self) -> int:
        """Components at ordinary values whose bound is wider than 2**10 ULP."""
        return sum(bound > WEAK for bound in self.bounds)

    def add(self, other: Tally) -> None:
        """Count another tally's components too."""
        self.components += other.components
        self.unbounded += other.unbounded
        self.undefined += other.undefined
        self.bounds += other.bounds
        self.ratios += other.ratios
        self.violations += other.violations
        self.reason = self.reason or other.reason
        self.late |= other.late
        self.seconds += other.seconds


def measure(
    case: Case,
    dtype: str,
    components: int,
    seed: int,
    *,
    seconds: float = float("inf"),
    rounded: type[Rounded] = Rounded,
) -> Tally:
    """Hold gradient components against their bounds, half of them at ordinary values.

    Args:
        case: its gradient by every argument is compiled and called.
        dtype: of the arguments.
        components: at least so many; fewer where the case has no certificate, nothing to
            differentiate by, or takes too long.
        seed: of shapes and numbers.
        seconds: after which no further example is begun.
        rounded: the domain whose bounds are held.
    """
    began, tally = time.monotonic(), Tally()
    shapes = _shapes(case, f"certificates {seed} {case.name} {dtype}")
    plan = Plan(
        shapes=dict(zip(case.leaves, shapes, strict=True)),
        argnums=tuple(range(len(case.trees))),
    )
    each = sum(map(prod, shapes))
    if not each:
        return Tally(reason="no component")
    with x64(dtype == "float64"):
        law = jax.jit(jax.grad(case.function, argnums=plan.argnums))
        program = jax.make_jaxpr(law)(*zeros(case, plan, dtype, batched=False))
        for example in _drawn(case, plan, dtype, -(-components // each), seed):
            if time.monotonic() - began > seconds:
                tally.late = True
                break
            try:
                _hold(tally, case, dtype, law, program, example, rounded)
            except Unsupported as unsupported:
                tally.reason = str(unsupported)
            if tally.reason:
                break
    tally.seconds = time.monotonic() - began
    return tally


def _shapes(case: Case, entropy: str) -> tuple[tuple[int, ...], ...]:
    """The largest shapes of a few that are drawn, each within the limit where that can be."""
    strategy = leaf_shapes(
        Signature.parse(case.signature),
        min_size=case.min_size,
        max_size=min(case.max_size, max(LARGEST, case.min_size)),
        max_elements=LARGEST,
    )
    return max(drawn(strategy, DRAWN, entropy), key=lambda shapes: sum(map(prod, shapes)))


def _drawn(case: Case, plan: Plan, dtype: str, count: int, seed: int) -> Iterator[Example]:
    """Examples at ordinary values, where the case has them, and in all its regions in turn.

    The simplest is drawn first, zeros mostly: no ordinary values.
    """
    entropy = f"certificates {seed} {case.name}"
    ordinary = at_ordinary_numbers(case) if _is_ordinary(case) else None
    others = count if ordinary is None else count // 2 + 1
    simplest, *rest = drawn(examples(case, plan, dtype), others, entropy)
    groups = [[replace(simplest, region="simplest"), *rest]]
    if ordinary is not None:
        groups.insert(0, drawn(examples(ordinary, plan, dtype), 1 - (-count // 2), entropy)[1:])
    for place in range(max(map(len, groups))):
        yield from (group[place] for group in groups if place < len(group))


def _is_ordinary(case: Case) -> bool:
    """Whether a case takes its numbers as they are, and makes no degenerate matrix of them."""
    return family(case) != DEGENERATE


def _hold(
    tally: Tally,
    case: Case,
    dtype: str,
    law: Any,
    program: Any,
    example: Example,
    domain: type[Rounded],
) -> None:
    arguments = case.assemble(
        {name: as_argument(array, dtype) for name, array in example.leaves.items()}
    )
    returned = [np.asarray(array) for array in jax.tree.leaves(law(*arguments))]
    arrays = [np.asarray(example.leaves[name]) for name in case.leaves]
    numbers = arithmetic(array_dtype(dtype), "cpu")
    exact, rounded = Exact(), domain("cpu", case.solve_backward_error)
    with ctx.workprec(PRECISIONS[0]):
        centres, balls = (
            Reader(each, LIMIT).read(program, [Reader(each).lift(array) for array in arrays])
            for each in (exact, rounded)
        )
        if estimated := exact.estimated | rounded.estimated:
            tally.reason = f"estimated: {', '.join(sorted(estimated))}"
            return
        undecided = bool(exact.undecided | rounded.undecided)
        for output, (got, centre, ball) in enumerate(zip(returned, centres, balls, strict=True)):
            wide = got.astype(np.float64)
            within = allowance(centre, ball, centre)
            true = np.array([float(b.mid()) for b in centre.reshape(-1)]).reshape(got.shape)
            bounded = within.bounded & np.isfinite(true) & (not undecided)
            ulps = numbers.ulps(np.abs(true))
            with np.errstate(all="ignore"):
                error = np.asarray(mapped(_distance, wide, centre), dtype=np.float64) / ulps
                bound = within.radius / ulps
            outside = bounded & ~((wide >= within.lower) & (wide <= within.upper))
            undefined = ~(np.isfinite(true) | np.isfinite(wide))
            tally.components += int(bounded.sum())
            tally.undefined += int(undefined.sum())
            tally.unbounded += int((~bounded & ~undefined).sum())
            if example.region == ORDINARY and _is_ordinary(case):
                tally.bounds += np.where(bounded, bound, np.inf)[~undefined].tolist()
                telling = bounded & (bound > 0) & (np.abs(true) >= numbers.tiny)
                tally.ratios += (error[telling] / bound[telling]).tolist()
            tally.violations += [
                Violation(
                    case=case.name,
                    dtype=dtype,
                    region=example.region,
                    output=output,
                    place=tuple(int(index) for index in place),
                    got=float(wide[place]),
                    exact=float(true[place]),
                    error=float(error[place]),
                    bound=float(bound[place]),
                    arguments={n: np.asarray(a).tolist() for n, a in example.leaves.items()},
                )
                for place in map(tuple, np.argwhere(outside))
            ]


def _distance(number: float, exact: arb) -> float:
    """How far a returned number is from the exact one, which float64 may not hold."""
    return float(abs(arb(number) - exact.mid()).mid())
