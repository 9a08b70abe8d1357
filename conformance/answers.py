"""What a law must return: the closed form's values and the attainable balls, leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from gradlaw.conformance.case import Case
from gradlaw.conformance.laws import Law
from gradlaw.conformance.plan import Plan
from gradlaw.oracles.allowance import Balls
from gradlaw.oracles.attainable import attainable_gradient, attainable_hessian
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.interpreter.arrays import object_array

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
        oracle: the closed form's values.
        attainable: what rounding may make of them.
    """

    label: str
    oracle: Balls
    attainable: Balls


@dataclass(frozen=True, kw_only=True)
class Question:
    """A law on a case under a plan, with the programs that allowances are read from.

    Attributes:
        primal: the program of one example's function.
        batch_primal: of the mean over the batch, where the law differentiates that.
        mean: for each shape of stacked gradients the program of their mean.
        rounded: the arithmetic of dtype and backend.
    """

    case: Case
    law: Law
    plan: Plan
    primal: Any
    batch_primal: Any
    mean: Callable[[tuple[int, ...]], Any]
    rounded: Rounded

    def answers(self, example: Example) -> list[Answer]:
        """The arrays that the law must return, in flattening order."""
        match self.law.equals:
            case composition if composition.order == 2:
                return [self._second(example)]
            case composition if composition.batch == "none":
                answers = self._row(example.rows[0])
                return answers if composition.with_value else answers[1:]
            case composition if composition.batch == "gradient of mean":
                return self._gradient_of_mean(example)
            case composition:
                stacked = self._stacked(example, 0)
                if composition.batch == "mean of gradients":
                    return [self._mean(answer) for answer in stacked]
                out_axis = self.plan.axes(self.case).out_axis
                return [
                    Answer(
                        label=answer.label,
                        oracle=np.moveaxis(answer.oracle, 0, out_axis),
                        attainable=np.moveaxis(answer.attainable, 0, out_axis),
                    )
                    for answer in stacked
                ]

    def _row(self, row: Leaves) -> list[Answer]:
        names, form = self.plan.selected(self.case), self.case.closed_form
        places = [self.case.leaves.index(name) for name in names]
        arrays = [row[name] for name in self.case.leaves]
        attainable = attainable_gradient(self.primal, arrays, places, self.rounded)
        value = Answer(
            label="value",
            oracle=object_array([form.value(row)], ()),
            attainable=object_array([attainable.value], ()),
        )
        return [
            value,
            *(
                Answer(
                    label=name,
                    oracle=form.gradient(name, row),
                    attainable=attainable.gradient[place],
                )
                for name, place in zip(names, places, strict=True)
            ),
        ]

    def _second(self, example: Example) -> Answer:
        (row,), plan, trees = example.rows, self.plan, self.case.trees
        assert isinstance(plan.argnums, int)
        assert plan.outer_argnums is not None
        first, second = str(trees[plan.argnums]), str(trees[plan.outer_argnums])
        places = [self.case.leaves.index(name) for name in (first, second)]
        arrays = [row[name] for name in self.case.leaves]
        ball = attainable_hessian(self.primal, arrays, places[0], places[1], self.rounded)
        return Answer(
            label=f"{first}, {second}",
            oracle=self.case.closed_form.hessian(first, second, row).reshape(()),
            attainable=object_array([ball], ()),
        )

    def _stacked(self, example: Example, axis: int) -> list[Answer]:
        """Every example's gradients along a new axis; each distinct row is answered once."""
        assert example.row_of is not None
        rows = [self._row(row)[1:] for row in example.rows]
        if not rows:
            empty = [
                (name, np.empty((0, *self.plan.shapes[name]), dtype=object))
                for name in self.plan.selected(self.case)
            ]
            return [Answer(label=name, oracle=none, attainable=none) for name, none in empty]
        return [
            Answer(
                label=answers[0].label,
                oracle=_spread([answer.oracle for answer in answers], example.row_of, axis),
                attainable=_spread([a.attainable for a in answers], example.row_of, axis),
            )
            for answers in zip(*rows, strict=True)
        ]

    def _mean(self, stacked: Answer) -> Answer:
        """The mean along axis 0, which the law takes by a program of its own."""
        program = self.mean(stacked.oracle.shape)
        (attainable,) = Reader(self.rounded).read(program, [stacked.attainable])
        return Answer(
            label=stacked.label,
            oracle=_mean_balls(stacked.oracle),
            attainable=attainable,
        )

    def _gradient_of_mean(self, example: Example) -> list[Answer]:
        names, mapped = self.plan.selected(self.case), self.plan.mapped(self.case)
        places = [self.case.leaves.index(name) for name in names]
        arrays = [example.leaves[name] for name in self.case.leaves]
        attainable = attainable_gradient(self.batch_primal, arrays, places, self.rounded)
        assert example.row_of is not None
        form, batch = self.case.closed_form, len(example.row_of)
        answers = []
        for name, place in zip(names, places, strict=True):
            gradients = [form.gradient(name, row) for row in example.rows]
            stacked, axis = _spread(gradients, example.row_of, 0), mapped[name]
            oracle = (
                _mean_balls(stacked)
                if axis is None
                else np.moveaxis(_scaled(gradients, example.row_of, batch), 0, axis)
            )
            ball = attainable.gradient[place]
            answers.append(Answer(label=name, oracle=oracle, attainable=ball))
        return answers


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
