"""Everything that is built once for a plan: the law's callable and the programs to read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import jax

from gradlaw.conformance.answers import Question
from gradlaw.conformance.case import Case
from gradlaw.conformance.coverage import Rules, observed
from gradlaw.conformance.laws import Law
from gradlaw.conformance.number_types import array_dtype, widened
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.primals import Form, Primals, zeros
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.x64 import x64


@dataclass(kw_only=True)
class Prepared:
    """A law on a case under a plan, traced, and ready to be called.

    Attributes:
        call: the law's composition; compiled at its first call.
        dtype: of the arguments.
        rule: its program in float64, in which the rule is read.
        question: what it must return.
        rounded: the arithmetic that the law's own program is read in.
        structure: the tree that it must return.
        rules: that ran while the law was traced, and that the oracle owes nothing to.
        also: a narrower dtype in which the rule is read, too, since a rule may depend on it.
        conforming: examples that conformed so far.
        seconds: processor time by phase.
    """

    call: Callable[..., Any]
    dtype: str
    rule: Any
    question: Question
    structure: Any
    rounded: Rounded
    rules: Rules = field(default_factory=set)
    called: bool = False
    also: str | None = None
    conforming: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @cached_property
    def whole(self) -> Prepared:
        """The same, with the law compiled as one."""
        return replace(self, call=jax.jit(self.call))

    @cached_property
    def plain(self) -> Callable[..., Any]:
        """The plain law that gives the same derivative, compiled as one."""
        asked = self.question
        law = Law(name=asked.law.alike)
        compiled: Callable[..., Any] = jax.jit(
            law.compose(asked.case.function, asked.plan.axes(asked.case))
        )
        return compiled

    @cached_property
    def program(self) -> Any:
        """The law's program in the dtype; who only reads the rule does without."""
        return self._program(self.dtype)

    @cached_property
    def also_program(self) -> Any:
        """The law's program in the other dtype."""
        assert self.also is not None
        return self._program(self.also)

    @cached_property
    def also_form(self) -> Form:
        """The oracle of the function in the other dtype."""
        assert self.also is not None
        return replace(self.question.primals, dtype=self.also).form

    def _program(self, dtype: str) -> Any:
        asked = self.question
        law = asked.law.compose(asked.case.function, asked.plan.axes(asked.case))
        return jax.make_jaxpr(law)(*zeros(asked.case, asked.plan, dtype, batched=True))


def prepare(
    case: Case,
    law: Law,
    plan: Plan,
    dtype: str,
    rounded: Rounded,
    *,
    also: str | None = None,
) -> Prepared:
    """Compose the law and trace its programs; nothing is compiled yet.

    Raises:
        Exception: whatever JAX raises while tracing; the caller judges it.
    """
    start = time.process_time()
    axes = plan.axes(case)
    primals = Primals(case=case, law=law, plan=plan, dtype=dtype)
    with x64(True):
        arguments = jax.tree.map(
            lambda leaf: leaf if isinstance(leaf, float) else widened(leaf),
            zeros(case, plan, primals.wide_dtype, batched=True),
        )
        with observed() as rules:
            rule = jax.make_jaxpr(law.compose(case.function, axes))(*arguments)
    question = Question(
        case=case,
        law=law,
        plan=plan,
        primals=primals,
        rounded=rounded,
        dtype=array_dtype(dtype),
    )
    return Prepared(
        call=law.compose(case.function, axes, called=True),
        dtype=dtype,
        rule=rule,
        question=question,
        structure=_structure(case, law, plan),
        rounded=Rounded(rounded.backend, rounded.solve_backward_error),
        rules=rules - primals.own_rules,
        also=also,
        seconds={"trace": time.process_time() - start},
    )


def _structure(case: Case, law: Law, plan: Plan) -> Any:
    argnums = plan.argnums
    gradient = (
        case.trees[argnums]
        if isinstance(argnums, int)
        else tuple(case.trees[position] for position in argnums)
    )
    if law.equals.order > 1:
        gradient = "higher"
    return jax.tree.structure(("value", gradient) if law.equals.with_value else gradient)
