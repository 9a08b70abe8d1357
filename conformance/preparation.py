"""Everything that is built once for a plan: the law's callable and the programs to read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.answers import Form, Question
from gradlaw.conformance.case import Case
from gradlaw.conformance.coverage import Rules, observed
from gradlaw.conformance.laws import Law
from gradlaw.conformance.number_types import array_dtype, part_dtype, wide_dtype, widened
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.x64 import x64
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.traced import TracedForm


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
    seconds: dict[str, float] = field(default_factory=dict)

    @cached_property
    def program(self) -> Any:
        """The law's program in the dtype; who only reads the rule does without."""
        asked = self.question
        law = asked.law.compose(asked.case.function, asked.plan.axes(asked.case))
        return jax.make_jaxpr(law)(*zeros(asked.case, asked.plan, self.dtype, batched=True))


def zeros(case: Case, plan: Plan, dtype: str, *, batched: bool) -> tuple[Any, ...]:
    """Arguments of the plan's shapes, as the law (batched) or the function gets them."""
    mapped = plan.mapped(case) if batched else dict.fromkeys(case.leaves)
    leaves: dict[str, Any] = {}
    for name in case.leaves:
        shape, axis = list(plan.shapes[name]), mapped[name]
        if axis is not None and plan.batching is not None:
            place = axis if axis >= 0 else axis + len(shape) + 1
            shape.insert(place, plan.batching.size)
        leaves[name] = as_argument(np.zeros(shape), dtype)
    return case.assemble(leaves)


def as_argument(array: np.ndarray[Any, Any], dtype: str) -> Any:
    """An array as JAX gets it: of the dtype, or a Python scalar where the dtype says so."""
    if dtype == "python":
        return float(array) if array.ndim == 0 else array.astype(np.float32)
    return array.astype(jnp.dtype(dtype))


def prepare(case: Case, law: Law, plan: Plan, dtype: str, rounded: Rounded) -> Prepared:
    """Compose the law and trace its programs; nothing is compiled yet.

    Raises:
        Exception: whatever JAX raises while tracing; the caller judges it.
    """
    start = time.process_time()
    axes = plan.axes(case)
    of_batch = zeros(case, plan, dtype, batched=True)
    primal = _primal(case, plan, dtype)
    batch_primal, batch_reference = (
        jax.make_jaxpr(law.primal(function, axes))(*of_batch)
        if function is not None and law.equals.batch == "gradient of mean"
        else None
        for function in (case.function, case.reference)
    )
    rule_dtype = "python" if dtype == "python" else wide_dtype(dtype)
    with x64(True):
        rule_arguments = zeros(case, plan, rule_dtype, batched=True)
        rule_arguments = jax.tree.map(
            lambda leaf: leaf if isinstance(leaf, float) else widened(leaf),
            rule_arguments,
        )
        with observed() as rules:
            rule = jax.make_jaxpr(law.compose(case.function, axes))(*rule_arguments)
    numbers = array_dtype(dtype)
    form, rule_form = forms(case, plan, numbers)

    @cache
    def mean(shape: tuple[int, ...]) -> Any:
        return jax.make_jaxpr(lambda batch: jnp.mean(batch, axis=0))(
            jax.ShapeDtypeStruct(shape, jnp.dtype(numbers))
        )

    question = Question(
        case=case,
        law=law,
        plan=plan,
        form=form,
        rule_form=rule_form,
        primal=primal,
        batch_primal=batch_primal,
        mean=mean,
        rounded=rounded,
        dtype=numbers,
        reference=None if case.reference is None else _of_reference(case, plan, dtype),
        batch_reference=batch_reference,
    )
    return Prepared(
        call=law.compose(case.function, axes),
        dtype=dtype,
        rule=rule,
        question=question,
        structure=_structure(case, law, plan),
        rounded=Rounded(rounded.backend, rounded.solve_backward_error),
        rules=rules - _own_rules(case, plan, dtype),
        seconds={"trace": time.process_time() - start},
    )


_FORMS: dict[tuple[Any, ...], tuple[Form, Form]] = {}


def forms(case: Case, plan: Plan, dtype: str) -> tuple[Form, Form]:
    """The oracles of one example's function: in a dtype, and in float64.

    They are one and the same where a formula stands for the function, or where its program in
    float64 is its program in the dtype.
    """
    if case.formula is not None:
        return case.closed_form, case.closed_form
    key = (case.name, dtype, tuple(plan.shapes.items()), case.function)
    if key not in _FORMS:
        of_oracle = _primal if case.reference is None else _of_reference
        primal = of_oracle(case, plan, dtype)
        with x64(True):
            wide = of_oracle(case, plan, wide_dtype(dtype))
        form = TracedForm(primal, case.leaves)
        same = _shape_of(primal, dtype) == _shape_of(wide, wide_dtype(dtype))
        _FORMS[key] = form, form if same else TracedForm(wide, case.leaves)
    return _FORMS[key]


def _shape_of(program: Any, dtype: str) -> str:
    """A program's text with its dtype left out; literals that the dtype rounds differ in it."""
    text = str(program)
    for name in dict.fromkeys((dtype, part_dtype(dtype))):
        for spelled in (name, _SHORT_NAMES[name]):
            text = text.replace(spelled, "number")
    return text


_SHORT_NAMES = {
    "float16": "f16",
    "bfloat16": "bf16",
    "float32": "f32",
    "float64": "f64",
    "complex64": "c64",
    "complex128": "c128",
}


_PRIMALS: dict[tuple[Any, ...], tuple[Any, Rules]] = {}


def _primal(case: Case, plan: Plan, dtype: str) -> Any:
    """The program of one example's function, which all laws share."""
    return _traced(case, plan, dtype)[0]


def _of_reference(case: Case, plan: Plan, dtype: str) -> Any:
    """The program of the case's reference."""
    assert case.reference is not None
    return jax.make_jaxpr(case.reference)(*zeros(case, plan, dtype, batched=False))


def _own_rules(case: Case, plan: Plan, dtype: str) -> Rules:
    """Rules that the function itself runs, where its program is the oracle: it has their faults."""
    independent = case.formula is not None or case.reference is not None
    return set() if independent else _traced(case, plan, dtype)[1]


def _traced(case: Case, plan: Plan, dtype: str) -> tuple[Any, Rules]:
    key = (case.name, dtype, tuple(plan.shapes.items()), case.function)
    if key not in _PRIMALS:
        arguments = zeros(case, plan, dtype, batched=False)
        with observed() as rules:
            program = jax.make_jaxpr(case.function)(*arguments)
        _PRIMALS[key] = program, rules
    return _PRIMALS[key]


def _structure(case: Case, law: Law, plan: Plan) -> Any:
    argnums = plan.argnums
    gradient = (
        case.trees[argnums]
        if isinstance(argnums, int)
        else tuple(case.trees[position] for position in argnums)
    )
    if law.equals.order == 2:
        gradient = "second"
    return jax.tree.structure(("value", gradient) if law.equals.with_value else gradient)
