"""The programs of a case's own function, which oracles and allowances are read from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from flint import acb, arb

from gradlaw.conformance.case import Case
from gradlaw.conformance.coverage import Rules, observed
from gradlaw.conformance.laws import Law
from gradlaw.conformance.number_types import array_dtype, part_dtype, wide_dtype
from gradlaw.conformance.plan import Plan
from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.traced import TracedForm
from gradlaw.oracles.x64 import x64

Leaves = dict[str, np.ndarray[Any, Any]]


class Form(Protocol):
    """An oracle of a scalar function: a closed form, or a traced one; balls may be complex."""

    def value(self, arguments: Any) -> arb | acb:
        """The function's value."""

    def gradient(self, leaf: str, arguments: Any) -> Balls:
        """The derivative by every component of a leaf, of that leaf's shape."""

    def hessian(self, first: str, second: str, arguments: Any) -> Balls:
        """Second derivatives, of the first leaf's shape and then the second's."""

    def kinks(self, arguments: Any) -> frozenset[str]:
        """Primitives whose derivative jumps at the arguments."""


@dataclass(frozen=True, kw_only=True)
class Primals:
    """A case's function under a plan, traced as far as it is asked for.

    Attributes:
        case, law, plan: the node's.
        dtype: of the arguments, ``python`` among them.
    """

    case: Case
    law: Law
    plan: Plan
    dtype: str

    @cached_property
    def wide_dtype(self) -> str:
        """The dtype in which rules are read."""
        return "python" if self.dtype == "python" else wide_dtype(self.dtype)

    @cached_property
    def program(self) -> Any:
        """The program of one example's function, which all laws share."""
        return _traced(self.case, self.plan, self.dtype)[0]

    @cached_property
    def reference(self) -> Any:
        """The program of the case's reference, None where it has none."""
        return None if self.case.reference is None else self._of_reference(self.dtype)

    @cached_property
    def of_batch(self) -> Any:
        """The program of the mean over the batch, where the law differentiates that."""
        return self._mean_of(self.case.function)

    @cached_property
    def reference_of_batch(self) -> Any:
        """The program of the mean of the case's reference, None where it has none."""
        return None if self.case.reference is None else self._mean_of(self.case.reference)

    @cached_property
    def form(self) -> Form:
        """The oracle of the function in the dtype that is judged."""
        return self._form(array_dtype(self.dtype))

    @cached_property
    def wide_form(self) -> Form:
        """The oracle of the function in float64."""
        with x64(True):
            return self._form(wide_dtype(array_dtype(self.dtype)))

    @cached_property
    def rule_form(self) -> Form:
        """The same as ``form``, where the program in float64 is the program in the dtype."""
        if self.case.formula is not None:
            return self.form
        numbers = array_dtype(self.dtype)
        narrow, wide = self.form, self.wide_form
        assert isinstance(narrow, TracedForm)
        assert isinstance(wide, TracedForm)
        same = _shape_of(narrow.program, numbers) == _shape_of(wide.program, wide_dtype(numbers))
        return narrow if same else wide

    @cached_property
    def own_rules(self) -> Rules:
        """Rules that the function itself runs, where its program is the oracle.

        The oracle has their faults.
        """
        if self.case.formula is not None or self.case.reference is not None:
            return set()
        with x64(True):
            return _traced(self.case, self.plan, wide_dtype(array_dtype(self.dtype)))[1]

    def mean(self, shape: tuple[int, ...]) -> Any:
        """The program of the mean of stacked gradients of that shape."""
        numbers = jnp.dtype(array_dtype(self.dtype))
        mean = self.law.mean(self.plan.axes(self.case))
        return jax.make_jaxpr(mean)(jax.ShapeDtypeStruct(shape, numbers))

    def _mean_of(self, function: Callable[..., Any]) -> Any:
        axes = self.plan.axes(self.case)
        arguments = zeros(self.case, self.plan, self.dtype, batched=True)
        return jax.make_jaxpr(self.law.primal(function, axes))(*arguments)

    def _of_reference(self, dtype: str) -> Any:
        assert self.case.reference is not None
        arguments = zeros(self.case, self.plan, dtype, batched=False)
        return jax.make_jaxpr(self.case.reference)(*arguments)

    def _form(self, dtype: str) -> Form:
        case = self.case
        if case.formula is not None:
            return case.closed_form
        key = (case.name, dtype, tuple(self.plan.shapes.items()), case.function)
        if key not in _FORMS:
            traced = case.reference is None
            program = _traced(case, self.plan, dtype)[0] if traced else self._of_reference(dtype)
            _keep(_FORMS, key, TracedForm(program, case.leaves))
        return _FORMS[key]


_KEPT = 100
"""Programs that are remembered: the laws of a case stand near each other."""

_FORMS: dict[tuple[Any, ...], Form] = {}
_TRACED: dict[tuple[Any, ...], tuple[Any, Rules]] = {}


def _keep(memory: dict[tuple[Any, ...], Any], key: tuple[Any, ...], found: Any) -> None:
    """Remember what was found, and forget what was found first where that is too much."""
    memory[key] = found
    if len(memory) > _KEPT:
        del memory[next(iter(memory))]


def _traced(case: Case, plan: Plan, dtype: str) -> tuple[Any, Rules]:
    """The program of one example's function, and the rules that tracing it ran."""
    key = (case.name, dtype, tuple(plan.shapes.items()), case.function)
    if key not in _TRACED:
        arguments = zeros(case, plan, dtype, batched=False)
        with observed() as rules:
            program = jax.make_jaxpr(case.function)(*arguments)
        _keep(_TRACED, key, (program, rules))
    return _TRACED[key]


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
