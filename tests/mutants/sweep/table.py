"""The mutants: a change in a rule of a primitive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gradlaw.conformance.laws import Law
from gradlaw.reports.rooms import LawEvidence
from gradlaw.reports.verdict import RuleKind
from mutants.internals import (
    changed_argument_jvp,
    changed_batching,
    changed_jvp,
    changed_results_jvp,
    changed_transpose,
    is_changeable,
    with_rules,
)
from mutants.sweep import changes

UNARY = (
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh"),
    *("atanh", "exp", "exp2", "expm1", "log", "log1p", "sqrt", "rsqrt", "cbrt", "square"),
    *("logistic", "erf", "erfc", "erf_inv", "lgamma", "digamma", "bessel_i0e", "bessel_i1e"),
    *("abs", "integer_pow"),
)
"""Of one operand, elementwise, whose derivative is not constant (but for abs)."""

BINARY = ("mul", "div", "pow", "atan2", "max", "min", "igamma", "igammac", "sub", "add", "rem")
"""Of two operands, elementwise."""

REDUCING = ("reduce_max", "reduce_min", "reduce_prod", "cumprod", "cummax", "cumlogsumexp")
"""Along axes, and not linear."""

LINEAR = (
    *("dot_general", "conv_general_dilated", "gather", "scatter-add", "concatenate", "pad"),
    *("transpose", "reshape", "broadcast_in_dim", "reduce_sum", "cumsum", "fft", "mul", "neg"),
    *("triangular_solve", "select_n", "dynamic_slice", "dynamic_update_slice", "slice", "rev"),
    *("reduce_window_sum", "convert_element_type", "squeeze", "real", "imag", "complex"),
    *("copy", "div", "sub", "add_any", "split", "scatter", "select_and_gather_add"),
)
"""With a transpose."""

SEVERAL = ("sort", "eigh", "svd", "qr", "lu", "scan", "while", "cond", "custom_linear_solve")
"""With several results."""

FACTORED = ("cholesky", "scatter-mul", "scatter-max", "clamp", "dynamic_slice", "tridiagonal_solve")
"""Neither elementwise nor along axes, not linear in every operand."""

BATCHED = (
    *("dot_general", "conv_general_dilated", "gather", "scatter-add", "concatenate", "pad"),
    *("reduce_sum", "reduce_max", "cumsum", "cumprod", "fft", "triangular_solve", "cholesky"),
    *("eigh", "svd", "qr", "lu", "sort", "select_n", "dynamic_slice", "dynamic_update_slice"),
    *("reduce_window_sum", "rev", "transpose", "reshape", "broadcast_in_dim", "slice", "mul"),
    *("add", "div", "sin", "exp", "pow", "max", "clamp", "scan", "scatter", "squeeze", "split"),
    *("argmax", "top_k", "integer_pow", "reduce_prod", "convert_element_type"),
)
"""With a batching rule that is worth a fault."""

DTYPES = ("float16", "bfloat16", "float32", "float64")
RANKS = (0, 1, 2, 3)
"""That elementwise functions are drawn in; reductions of matrices leave rank 1."""


def _any(evidence: LawEvidence) -> bool:
    del evidence
    return True


def _of_order_two(evidence: LawEvidence) -> bool:
    return Law(name=evidence.law).equals.order == 2


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A fault in a rule.

    Attributes:
        primitive, rule: whose, and of which kind.
        change: what is wrong.
        kind: of change, as figures are counted.
        fault: makes the context in which it is, from the primitive.
        shows: whether the node of some evidence can show it at all.
    """

    primitive: str
    rule: RuleKind
    change: str
    kind: str
    fault: Callable[[Any], AbstractContextManager[None]]
    shows: Callable[[LawEvidence], bool] = field(default=_any)

    def __str__(self) -> str:
        return f"{self.primitive} {self.rule}: {self.change}"

    def planted(self) -> AbstractContextManager[None]:
        """The context in which JAX has the fault."""
        return self.fault(with_rules()[self.primitive])


def _derivative(
    primitive: str, kind: str, change: str, wrong: changes.Derivative, **more: Any
) -> Mutant:
    several = primitive in SEVERAL
    plant = changed_results_jvp if several else _changed_jvp
    return Mutant(
        primitive=primitive,
        rule="jvp",
        change=change,
        kind=kind,
        fault=partial(plant, change=wrong),
        **more,
    )


def _changed_jvp(primitive: Any, change: changes.Derivative) -> AbstractContextManager[None]:
    return changed_jvp(primitive, lambda primals, _given, out, _params: change(primals, out))


def _one_argument(primitive: str, position: int) -> Mutant:
    wrong = partial(changes.scaled, ())
    return Mutant(
        primitive=primitive,
        rule="jvp",
        change=f"by argument {position} alone",
        kind="one argument only",
        fault=partial(changed_argument_jvp, position=position, change=wrong),
    )


def derivatives() -> Iterator[Mutant]:
    """Faults in JVP rules."""
    for place, name in enumerate((*UNARY, *BINARY, *REDUCING, *SEVERAL, *FACTORED)):
        yield _derivative(name, "sign", "negated", changes.negated)
        yield _derivative(name, "factor", "wrong in the tenth digit", changes.scaled)
        if name not in (*SEVERAL, *FACTORED):
            rank = 1 if name in REDUCING else RANKS[place % len(RANKS)]
            yield _derivative(name, "one rank only", f"rank {rank}", changes.of_rank(rank))
        yield _derivative(name, "one element only", "first", changes.first_element)
    for name in (*UNARY, *BINARY):
        yield _derivative(name, "second order only", "", changes.second_order, shows=_of_order_two)
    for place, name in enumerate((*UNARY, *BINARY)):
        region = REGIONS[place % len(REGIONS)]
        if name not in NEVER[region]:
            yield _derivative(name, "one region only", region, getattr(changes, region))
        dtype = DTYPES[place % len(DTYPES)]
        yield _derivative(name, "one dtype only", dtype, changes.of_dtype(dtype))
    for name in (*BINARY, "triangular_solve", "dot_general", "conv_general_dilated"):
        if name not in {"max", "min"}:
            yield from (_one_argument(name, position) for position in BY.get(name, (0, 1)))
    for name in ("reduce_sum", "broadcast_in_dim", "reduce_max", "cumsum"):
        yield _derivative(name, "one axis only", "axis of size one", changes.of_single_elements)


REGIONS = ("beyond_two", "negative", "near_zero", "large")
NEVER = {
    "beyond_two": {"asin", "acos", "atanh", "erf_inv"},
    "negative": {"log", "sqrt", "rsqrt", "acosh", "pow", "igamma", "igammac", "lgamma", "digamma"},
    "near_zero": {"acosh"},
    "large": {
        "asin",
        "acos",
        "atanh",
        "erf_inv",
        "erf",
        "erfc",
        "tanh",
        "logistic",
        "sinh",
        "exp",
        "cosh",
        "tan",
        "expm1",
        "exp2",
    },
}
"""Where a function has no numbers, or no derivative that is worth one."""

BY = {"igamma": (1,), "igammac": (1,)}
"""Arguments of those that are not differentiable by each."""


def transposes() -> Iterator[Mutant]:
    """Faults in transposes."""
    wrong = {
        "sign": changes.negated,
        "factor": changes.scaled,
        "one element": changes.first_element,
    }
    for name in LINEAR:
        for kind, change in wrong.items():
            yield Mutant(
                primitive=name,
                rule="transpose",
                change=kind,
                kind="transpose only",
                fault=partial(
                    changed_transpose,
                    change=lambda _place, found, _given, change=change: change((), found),
                ),
            )


def batchings() -> Iterator[Mutant]:
    """Faults in batching rules."""
    wrong: dict[str, changes.Batching] = {
        "rolled": changes.rolled,
        "rolled unless leading": changes.rolled_unless_leading,
        "rolled at rank three": changes.rolled_at_rank_three,
    }
    for place, name in enumerate(BATCHED):
        kinds = list(wrong)
        for kind in ("rolled", kinds[1 + place % 2]):
            yield Mutant(
                primitive=name,
                rule="batching",
                change=kind,
                kind="batching axis",
                fault=partial(changed_batching, change=wrong[kind]),
            )


def mutants() -> Iterator[Mutant]:
    """All of them whose primitive the release has."""
    there = with_rules()
    for mutant in (*derivatives(), *transposes(), *batchings()):
        if mutant.primitive in there and is_changeable(there[mutant.primitive], mutant.rule):
            yield mutant
