"""One case in one dtype: returned gradients against their programs' certified bounds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import jax
import numpy as np
from flint import ctx

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.comparing import WEAK
from gradlaw.conformance.drawing import examples
from gradlaw.conformance.judging import PRECISIONS
from gradlaw.conformance.layout import layout_pool
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import array_dtype, as_argument, zeros
from gradlaw.conformance.searching import drawn
from gradlaw.conformance.x64 import x64
from gradlaw.oracles.allowance import allowance
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.rounding.arithmetic import arithmetic

LARGEST = 64
"""Elements of an argument: many examples say more than large ones."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A returned component outside its certified bound.

    Attributes:
        case, dtype: where.
        got, exact: the component and the program's true value.
        error, bound: in ULP.
        arguments: the leaves' numbers.
    """

    case: str
    dtype: str
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
        weak: components whose bound is wider than 2**10 ULP.
        ratios: error / bound, of those with a bound whose exact value is a normal number.
        violations: those outside.
        reason: why there is no certificate; empty where there is.
    """

    components: int = 0
    unbounded: int = 0
    weak: int = 0
    ratios: list[float] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    reason: str = ""


def measure(case: Case, dtype: str, components: int, seed: int) -> Tally:
    """Hold at least so many gradient components against their bounds, at ordinary values.

    Args:
        case: its gradient by every argument is compiled and called.
        dtype: of the arguments.
        components: how many; fewer where the case has no certificate or nothing to differentiate.
        seed: of shapes and numbers.
    """
    tally, case = Tally(), replace(case, regions=("ordinary",))
    layouts = layout_pool(case, f"certificates {seed} {dtype}")
    small = [
        layout for layout in layouts if all(np.prod(shape) <= LARGEST for shape in layout.shapes)
    ]
    layout = max(small or layouts[:1], key=lambda layout: sum(map(np.prod, layout.shapes)))
    plan = Plan(
        shapes=dict(zip(case.leaves, layout.shapes, strict=True)),
        argnums=tuple(range(len(case.trees))),
    )
    each = sum(int(np.prod(shape)) for shape in layout.shapes)
    if not each:
        tally.reason = "no component"
        return tally
    with x64(dtype == "float64"):
        law = jax.jit(jax.grad(case.function, argnums=plan.argnums))
        program = jax.make_jaxpr(law)(*zeros(case, plan, dtype, batched=False))
        count = -(-components // each)
        for example in drawn(
            examples(case, plan, dtype), count, f"certificates {seed} {case.name}"
        ):
            try:
                _hold(tally, case, dtype, law, program, example)
            except Unsupported as unsupported:
                tally.reason = str(unsupported)
            if tally.reason:
                break
    return tally


def _hold(tally: Tally, case: Case, dtype: str, law: Any, program: Any, example: Example) -> None:
    arguments = case.assemble(
        {name: as_argument(array, dtype) for name, array in example.leaves.items()}
    )
    returned = [np.asarray(array) for array in jax.tree.leaves(law(*arguments))]
    arrays = [np.asarray(example.leaves[name]) for name in case.leaves]
    numbers = arithmetic(array_dtype(dtype), "cpu")
    exact, rounded = Exact(), Rounded("cpu", case.solve_backward_error)
    with ctx.workprec(PRECISIONS[0]):
        centres, balls = (
            Reader(domain).read(program, [Reader(domain).lift(array) for array in arrays])
            for domain in (exact, rounded)
        )
        if estimated := exact.estimated | rounded.estimated:
            tally.reason = f"estimated: {', '.join(sorted(estimated))}"
            return
        undecided = bool(exact.undecided | rounded.undecided)
        for got, centre, ball in zip(returned, centres, balls, strict=True):
            wide = got.astype(np.float64)
            within = allowance(centre, ball, centre)
            true = np.array([float(b.mid()) for b in centre.reshape(-1)]).reshape(got.shape)
            bounded = within.bounded & np.isfinite(true) & (not undecided)
            ulps = numbers.ulps(np.abs(true))
            outside = bounded & ~((wide >= within.lower) & (wide <= within.upper))
            outside &= wide != true.astype(got.dtype).astype(np.float64)
            with np.errstate(all="ignore"):
                error, bound = np.abs(wide - true) / ulps, within.radius / ulps
            tally.components += int(bounded.sum())
            tally.unbounded += int((~bounded).sum())
            tally.weak += int((bounded & (bound > WEAK)).sum())
            telling = bounded & (bound > 0) & (np.abs(true) >= numbers.tiny)
            tally.ratios += (error[telling] / bound[telling]).tolist()
            tally.violations += [
                Violation(
                    case=case.name,
                    dtype=dtype,
                    got=float(wide[place]),
                    exact=float(true[place]),
                    error=float(error[place]),
                    bound=float(bound[place]),
                    arguments={n: np.asarray(a).tolist() for n, a in example.leaves.items()},
                )
                for place in map(tuple, np.argwhere(outside))
            ]
