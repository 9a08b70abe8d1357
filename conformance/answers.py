"""What a law must return: the closed form's values and the attainable balls, leaf by leaf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from gradlaw.conformance.case import Case
from gradlaw.conformance.laws import Law
from gradlaw.conformance.number_types import is_complex, part_dtype
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.primals import Form, Primals
from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.attainable import (
    Attainable,
    attainable_gradient,
    attainable_hessian,
    either,
    either_ball,
    without_bound,
)
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader, Unsupported
from gradlaw.oracles.interpreter.arrays import mapped, object_array
from gradlaw.oracles.interpreter.complexes import bounded_in_parts, in_parts, scalars_of
from gradlaw.oracles.traced import TracedForm

Leaves = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, kw_only=True)
class Example:
    """Drawn numbers, as JAX gets them and row by row.

    Attributes:
        leaves: by name, stacked where the plan maps them over a batch.
        rows: the distinct examples of the batch; one without a batch.
        row_of: for each place in the batch its row; None without a batch.
        region: the value region.
    """

    leaves: Leaves
    rows: tuple[Leaves, ...]
    row_of: np.ndarray[Any, Any] | None
    region: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One array that the law must return.

    Attributes:
        label: the leaf that it is the derivative by, or ``value``.
        oracle: the true values.
        rule: the true values where the function computes in float64: the same, but for a function
            whose constants, or whose very meaning, depend on its arguments' dtype.
        attainable: what rounding may make of them.
        dtype: of the array. Where it is complex, the true values and what rounding may make of them
            are those of real and imaginary parts, along a last axis.
    """

    label: str
    oracle: Balls
    rule: Balls
    attainable: Balls
    dtype: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A law on a case under a plan, with the programs that allowances are read from.

    Attributes:
        primals: the programs of the function.
        rounded: the arithmetic of dtype and backend.
        dtype: of the arguments.
    """

    case: Case
    law: Law
    plan: Plan
    primals: Primals
    rounded: Rounded
    dtype: str

    def answers(self, example: Example) -> list[Answer]:
        """The arrays that the law must return, in flattening order."""
        form, rule_form = self.primals.form, self.primals.rule_form
        oracles = self._true_values(form, example)
        rules = oracles if rule_form is form else self._true_values(rule_form, example)
        attainable = self.attainable(example)
        return [
            Answer(label=label, oracle=oracle, rule=rule, attainable=balls, dtype=dtype)
            for label, oracle, rule, balls, dtype in zip(
                self.labels(), oracles, rules, attainable, self.dtypes(), strict=True
            )
        ]

    def attainable(self, example: Example) -> list[Balls]:
        """What rounding may make of the arrays, in flattening order."""
        return self.bounded_in_parts(self._attainable(example))

    def kinks(self, example: Example) -> frozenset[str]:
        """Primitives whose derivative jumps at some row of the example."""
        forms = {id(form): form for form in (self.primals.form, self.primals.rule_form)}.values()
        return frozenset().union(*(_kinks(form, example) for form in forms))

    def rule_kinks(self, example: Example, form: Form | None = None) -> frozenset[str]:
        """As :meth:`kinks`, of the function in float64, or of another form, alone."""
        return _kinks(form or self.primals.wide_form, example)

    def rules(self, example: Example, form: Form | None = None) -> list[Balls]:
        """What the law's program in float64, or another form's dtype, must hold, in order."""
        return self._true_values(form or self.primals.wide_form, example)

    def dtypes(self, dtype: str | None = None) -> list[str]:
        """The dtype of each array: a derivative's is that of the arguments.

        Args:
            dtype: of the arguments; the question's own where it is not given.
        """
        own = self.dtype if dtype is None else dtype
        value = own if self.case.holomorphic else part_dtype(own)
        return [value if label == "value" else own for label in self.labels()]

    def in_parts(self, arrays: Sequence[Balls]) -> list[Balls]:
        """Arrays that the law must return, complex ones as their two parts along a last axis."""
        return [
            in_parts(array) if is_complex(dtype) else array
            for array, dtype in zip(arrays, self.dtypes(), strict=True)
        ]

    def bounded_in_parts(self, arrays: Sequence[Balls]) -> list[Balls]:
        """As :meth:`in_parts`, of what rounding may make of them."""
        return [
            bounded_in_parts(array) if is_complex(dtype) else array
            for array, dtype in zip(arrays, self.dtypes(), strict=True)
        ]

    def labels(self) -> list[str]:
        """For each array the leaf that it is the derivative by, or ``value``."""
        if (order := self.law.equals.order) > 1:
            first, second = self._twice()
            by = [first] + [second] * (order - 1)
            once = [", ".join(by[:-1])] if self.law.equals.with_value else []
            return [*once, ", ".join(by)]
        names = self.plan.selected(self.case)
        return ["value", *names] if self.law.equals.with_value else names

    def _twice(self) -> tuple[str, str]:
        """The leaves that a second derivative is taken by."""
        assert isinstance(self.plan.argnums, int)
        assert self.plan.outer_argnums is not None
        trees = self.case.trees
        return str(trees[self.plan.argnums]), str(trees[self.plan.outer_argnums])

    def _true_values(self, form: Form, example: Example) -> list[Balls]:
        return self.in_parts(self._true_numbers(form, example))

    def _true_numbers(self, form: Form, example: Example) -> list[Balls]:
        match self.law.equals:
            case composition if composition.batch == "none":
                return self._of_row(form, example.rows[0])
            case composition if composition.batch == "gradient of mean":
                return self._gradient_of_mean(form, example)
            case composition:
                stacked = self._stacked([self._of_row(form, row) for row in example.rows], example)
                if composition.batch == "mean of gradients":
                    return [_mean_balls(array) for array in stacked]
                return [np.moveaxis(array, 0, self._out_axis) for array in stacked]

    def _of_row(self, form: Form, row: Leaves) -> list[Balls]:
        """What the law gives of one example: a value, where it does, and derivatives."""
        if self.law.equals.order > 1:
            return self._of_higher_order(form, row)
        value = [object_array([form.value(row)], ())] if self.law.equals.with_value else []
        return value + [form.gradient(name, row) for name in self.plan.selected(self.case)]

    def _of_higher_order(self, form: Form, row: Leaves) -> list[Balls]:
        """The derivative, and beside it, where the law gives it, the one that it is made of."""
        order = self.law.equals.order
        orders = [order - 1, order] if self.law.equals.with_value else [order]
        return [self._of_order(form, row, each) for each in orders]

    def _of_order(self, form: Form, row: Leaves, order: int) -> Balls:
        first, second = self._twice()
        match order:
            case 1:
                return form.gradient(first, row)
            case 2:
                return form.hessian(first, second, row).reshape(())
            case _:
                assert isinstance(form, TracedForm), "of that order are laws along a curve alone"
                return form.third(first, row)

    def _attainable(self, example: Example) -> list[Balls]:
        match self.law.equals:
            case composition if composition.batch == "none":
                return self._attainable_row(example.rows[0])
            case composition if composition.batch == "gradient of mean":
                arrays = [example.leaves[name] for name in self.case.leaves]
                found = self._attainable_of(
                    self.primals.of_batch, self.primals.reference_of_batch, arrays
                )
                return [found.gradient[place] for place in self._places]
            case composition:
                rows = [self._attainable_row(row) for row in example.rows]
                stacked = self._stacked(rows, example)
                if composition.batch == "mean of gradients":
                    return [self._mean(array) for array in stacked]
                return [np.moveaxis(array, 0, self._out_axis) for array in stacked]

    @property
    def _places(self) -> list[int]:
        return [self.case.leaves.index(name) for name in self.plan.selected(self.case)]

    @property
    def _out_axis(self) -> int:
        return self.plan.axes(self.case).out_axis

    def _attainable_row(self, row: Leaves) -> list[Balls]:
        """The balls of what the law gives of one example."""
        with_value, order = self.law.equals.with_value, self.law.equals.order
        if order == 3:
            message = "what rounding costs a third derivative is not known"
            raise Unsupported(message)
        if order == 1:
            return self._attainable_once(row)[0 if with_value else 1 :]
        once = self._attainable_once(row)[1:] if with_value else []
        return [*once, object_array([self._attainable_twice(row)], ())]

    def _attainable_twice(self, row: Leaves) -> Any:
        """The ball of the second derivative."""
        first, second = (self.case.leaves.index(name) for name in self._twice())
        arrays = [row[name] for name in self.case.leaves]
        reference = self.primals.reference

        def ball(program: Any, domain: Rounded | Exact) -> Any:
            return attainable_hessian(
                program, arrays, first, second, domain, forward=self.law.forward
            )

        if self.case.approximated:
            return ball(reference, self.rounded)
        own = ball(self.primals.program, self.rounded)
        if reference is None:
            return own
        if self._was_undecided():
            own = without_bound(own)
        other = ball(reference, self.rounded)
        if self._was_undecided():
            other = without_bound(other)
        return either_ball(own, other, ball(reference, Exact()))

    def _attainable_once(self, row: Leaves) -> list[Balls]:
        """The balls of the value and of each gradient."""
        arrays = [row[name] for name in self.case.leaves]
        found = self._attainable_of(self.primals.program, self.primals.reference, arrays)
        gradients = [found.gradient[place] for place in self._places]
        if self.law.forward and not all(map(_bounded, gradients)):
            # Forward mode multiplies what overflows by one component by the others' zero tangents.
            gradients = [mapped(lambda _: arb("nan"), array) for array in gradients]
        return [object_array([found.value], ()), *gradients]

    def _attainable_of(
        self, primal: Any, reference: Any, arrays: Sequence[np.ndarray[Any, Any]]
    ) -> Attainable:
        """What rounding costs the function's own program, or its reference's."""

        def balls(program: Any, domain: Rounded | Exact) -> Attainable:
            return attainable_gradient(
                program, arrays, self._places, domain, forward=self.law.forward
            )

        if self.case.approximated:
            return balls(reference, self.rounded)
        own = balls(primal, self.rounded)
        if reference is None:
            return own
        if self._was_undecided():
            own = own.without_bounds()
        other = balls(reference, self.rounded)
        if self._was_undecided():
            other = other.without_bounds()
        return either(own, other, balls(reference, Exact()))

    def _was_undecided(self) -> bool:
        """Whether rounding decides a comparison of one of two programs, which the other needs not.

        Nothing stays undecided.
        """
        undecided = bool(self.rounded.undecided)
        self.rounded.undecided.clear()
        return undecided

    def _stacked(self, rows: Sequence[Sequence[Balls]], example: Example) -> list[Balls]:
        """Every example's arrays along a new first axis."""
        assert example.row_of is not None
        if not rows:
            shapes = [self.plan.shapes.get(name, ()) for name in self.labels()]
            return [np.empty((0, *shape), dtype=object) for shape in shapes]
        return [_spread(arrays, example.row_of, 0) for arrays in zip(*rows, strict=True)]

    def _mean(self, stacked: Balls) -> Balls:
        """The mean along axis 0, which the law takes by a program of its own."""
        (mean,) = Reader(self.rounded).read(self.primals.mean(stacked.shape), [scalars_of(stacked)])
        return mean

    def _gradient_of_mean(self, form: Form, example: Example) -> list[Balls]:
        mapped = self.plan.mapped(self.case)
        assert example.row_of is not None
        oracles = []
        for name in self.plan.selected(self.case):
            gradients = [form.gradient(name, row) for row in example.rows]
            axis = mapped[name]
            oracles.append(
                _mean_balls(_spread(gradients, example.row_of, 0))
                if axis is None
                else np.moveaxis(_scaled(gradients, example.row_of, len(example.row_of)), 0, axis)
            )
        return oracles


def _bounded(array: Balls) -> bool:
    return all(part.is_finite() for part in bounded_in_parts(array).reshape(-1))


def _kinks(form: Form, example: Example) -> frozenset[str]:
    return frozenset().union(*(form.kinks(row) for row in example.rows))


def _spread(arrays: Sequence[Balls], row_of: np.ndarray[Any, Any], axis: int) -> Balls:
    return np.moveaxis(np.stack(arrays)[row_of], 0, axis)


def _scaled(arrays: Sequence[Balls], row_of: np.ndarray[Any, Any], batch: int) -> Balls:
    return _spread(
        [object_array((b / batch for b in a.reshape(-1)), a.shape) for a in arrays], row_of, 0
    )


def _mean_balls(stacked: Balls) -> Balls:
    batch, shape = stacked.shape[0], stacked.shape[1:]
    columns = stacked.reshape(batch, -1).T
    return object_array((sum(column, arb(0)) / batch for column in columns), shape)
