"""Checkers of gradients, each called as its documentation says."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import jax.numpy as jnp
from jax.test_util import check_grads

from gradlaw.conformance.answers import Example
from gradlaw.conformance.bench.subjects import Subject
from gradlaw.conformance.judging import judge
from gradlaw.conformance.outcome import Outcome
from gradlaw.conformance.preparation import Prepared, prepare
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.reports.verdict import FAILING


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a checker said of one gradient.

    Attributes:
        alarm: what it objected with; None where it let the gradient pass.
        compared: numbers of the gradient's that it held against a reference: projections on one
            direction for finite differences, components for this suite.
    """

    alarm: str | None
    compared: int


class Checker(Protocol):
    """Something that objects to wrong gradients."""

    @property
    def name(self) -> str:
        """The table's column."""
        ...

    def check(self, subject: Subject, example: Example, dtype: str) -> Answer:
        """Check the gradient by the subject's leaf at the example's numbers."""
        ...


@dataclass(frozen=True, kw_only=True)
class FiniteDifferences:
    """A checker that raises AssertionError, at its default step and tolerances.

    Attributes:
        name: the table's column.
        assertion: called as ``assertion(function, arguments, order=1)``.

    Source: JAX documentation, ``jax.test_util.check_grads``: one random direction, forward and
    reverse; Chex documentation, ``chex.assert_numerical_grads``: the same with ``atol`` times the
    array's size.
    """

    name: str
    assertion: Callable[..., None]

    def check(self, subject: Subject, example: Example, dtype: str) -> Answer:  # noqa: ARG002
        """Check the function of the one array; the others are held fixed."""
        case, leaf = subject.case, subject.leaf
        # An argument is a JAX array to a user of either, and to a step of finite differences.
        held = {name: jnp.asarray(array) for name, array in example.leaves.items()}

        def function(array: Any) -> Any:
            return case.function(*case.assemble({**held, leaf: array}))

        with warnings.catch_warnings():
            # NumPy warns where finite differences in half precision overflow.
            warnings.simplefilter("ignore")
            try:
                self.assertion(function, (held[leaf],), order=1)
            except AssertionError as error:
                return Answer(alarm=type(error).__name__, compared=0)
        return Answer(alarm=None, compared=2)


@dataclass(frozen=True, kw_only=True)
class Suite:
    """This suite, as a node of its main job does it: prepared once, judged at each example.

    Attributes:
        backend: the platform, as JAX names it.
    """

    backend: str
    name: str = "gradlaw"
    _prepared: dict[tuple[Any, ...], Prepared] = field(default_factory=dict, repr=False)

    def prepared(self, subject: Subject, dtype: str) -> Prepared:
        """The law on the subject's case, traced once for each dtype."""
        key = (subject.case.function, subject.name, dtype)
        if key not in self._prepared:
            rounded = Rounded(self.backend, subject.case.solve_backward_error)
            self._prepared[key] = prepare(subject.case, subject.law, subject.plan, dtype, rounded)
        return self._prepared[key]

    def check(self, subject: Subject, example: Example, dtype: str) -> Answer:
        """Structure, rule, number and finiteness of every component."""
        return answer(judge(self.prepared(subject, dtype), example, dtype))


def answer(outcome: Outcome) -> Answer:
    """A verdict as an alarm, or none."""
    alarm = outcome.verdict if outcome.verdict in FAILING else None
    return Answer(alarm=alarm, compared=outcome.components - outcome.ill_posed)


def checkers(backend: str) -> tuple[list[Checker], list[str]]:
    """All there are here, this suite last; and a line for each that is not here."""
    found: list[Checker] = [FiniteDifferences(name="check_grads", assertion=check_grads)]
    absent: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            chex = importlib.import_module("chex")
        found.append(FiniteDifferences(name="chex", assertion=chex.assert_numerical_grads))
    except ModuleNotFoundError as error:
        absent.append(
            f"chex is left out, since it cannot be imported ({error}): python -m pip install chex"
        )
    except Exception as error:
        absent.append(
            f"chex is left out, since this JAX cannot import it ({type(error).__name__}: {error}): "
            "install the chex that belongs to this JAX"
        )
    found.append(Suite(backend=backend))
    return found, absent
