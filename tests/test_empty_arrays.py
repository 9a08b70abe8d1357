"""What the catalogue calls evaluates at arrays without elements, where it takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import jax
import jax.numpy as jnp
import pytest

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES, COMPLEX_CASES, case_named

RAISING = {"lax.map(batched)"}
"""Known issues of the functions themselves."""


def emptied(case: Case) -> Iterator[dict[str, tuple[int, ...]]]:
    """Shapes with each group of axes of size zero, and with all of them so."""
    groups = sorted({axis for axes in case.axes.values() for axis in axes if not axis.isdigit()})
    for empty in dict.fromkeys([*((group,) for group in groups), tuple(groups)]):
        yield {leaf: tuple(_size(axis, empty) for axis in axes) for leaf, axes in case.axes.items()}


def _size(axis: str, empty: Sequence[str]) -> int:
    if axis.isdigit():
        return int(axis)
    return 0 if axis in empty else 2


def evaluates(case: Case, shapes: dict[str, tuple[int, ...]]) -> bool:
    dtype = jnp.complex64 if case.is_complex else jnp.float32
    leaves = {leaf: jnp.zeros(shape, dtype) for leaf, shape in shapes.items()}
    try:
        jax.eval_shape(case.function, *case.assemble(leaves))
    except Exception:
        return False
    return True


def test_what_takes_empty_arrays_evaluates_at_them() -> None:
    cases = [case for case in (*CASES, *COMPLEX_CASES) if case.min_size == 0]
    assert len(cases) > 1_000
    raising = {
        case.name for case in cases for shapes in emptied(case) if not evaluates(case, shapes)
    }
    assert raising == RAISING


@pytest.mark.parametrize("name", ["jnp.max", "jnp.unstack(axis=1)"])
def test_what_takes_none_may_raise(name: str) -> None:
    case = case_named(name)
    assert case.min_size > 0
    assert not all(evaluates(case, shapes) for shapes in emptied(case))
