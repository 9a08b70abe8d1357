"""Sparse arrays: each primitive is read as JAX computes it, and a wrong rule of one is reported."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.experimental import sparse
from mutants.internals import changed_jvp, changed_transpose, with_rules
from mutants.planted import read_rule
from structural.checking import wrong_handlers_found
from structural.drawing import Call, agrees, readings

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.catalogue import FAMILIES
from gradlaw.conformance.cases.catalogue.sparse import (
    BY_ROW,
    COLUMNS,
    MASK,
    OTHERS,
    PLACES,
    POINTERS,
    SHAPE,
    UNIQUE,
    bcoo,
    bcsr,
    dense,
    in_batches,
)

DATA = np.array([3.0, -2.0, 5.0, 7.0, 11.0, -13.0])
VECTOR = np.array([1.0, 2.0, -4.0, 8.0])
MATRIX = np.arange(12.0).reshape(3, 4) ** 2 - 17


def _sampled(x: Any, y: Any) -> Any:
    places: Any = PLACES
    return sparse.bcoo_dot_general_sampled(x, y, places, dimension_numbers=(((1,), (0,)), ((), ())))


def _of_two(x: Any, y: Any) -> Any:
    product: Any = sparse.bcoo_dot_general(
        bcoo(x, UNIQUE), bcoo(y, OTHERS), dimension_numbers=(((1,), (1,)), ((), ()))
    )
    return product.data, product.indices


ONE_OF_EACH: dict[str, Call] = {
    "todense": (lambda x: sparse.todense(bcoo(x)), (DATA,)),
    "bcoo_todense": (lambda x: bcoo(x).todense(), (DATA,)),
    "bcoo_fromdense": (lambda x: sparse.bcoo_fromdense(x, nse=5).data, (MASK * MATRIX,)),
    "bcoo_extract": (
        lambda x: sparse.bcoo_extract(bcoo(x[0, :4], UNIQUE), x, assume_unique=True).data,
        (MATRIX,),
    ),
    "bcoo_transpose": (
        lambda x: sparse.bcoo_transpose(bcoo(x), permutation=(1, 0)).indices,
        (DATA,),
    ),
    "bcoo_dot_general": (lambda x, y: bcoo(x) @ y, (DATA, VECTOR)),
    "bcoo_dot_general_sampled": (_sampled, (MATRIX[:, :3], MATRIX)),
    "bcoo_spdot_general": (_of_two, (DATA[:4], DATA[:5])),
    "bcoo_sort_indices": (lambda x: bcoo(x).sort_indices().data, (DATA,)),
    "bcoo_sum_duplicates": (lambda x: sparse.bcoo_sum_duplicates(bcoo(x), nse=5).data, (DATA,)),
    "bcsr_fromdense": (lambda x: sparse.bcsr_fromdense(x, nse=5).data, (MASK * MATRIX,)),
    "bcsr_todense": (lambda x: bcsr(x).todense(), (DATA[:5],)),
    "bcsr_extract": (lambda x: sparse.bcsr_extract(COLUMNS, POINTERS, x), (MATRIX,)),
    "bcsr_dot_general": (lambda x, y: bcsr(x) @ y, (DATA[:5], VECTOR)),
}

test_a_wrong_handler_is_found = wrong_handlers_found(ONE_OF_EACH)


def _numbers(shape: tuple[int, ...]) -> Any:
    return np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)


@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (lambda x, y: in_batches(x) @ y, [(2, 3), (4,)]),
        (lambda x, y: in_batches(x) @ y, [(2, 3), (2, 4, 3)]),
        (lambda x, y: bcoo(x, PLACES[None], (2, *SHAPE)) @ y, [(2, 6), (4, 3)]),
        (lambda x, y: y @ bcoo(x, PLACES[:, :1], (3, 4)), [(6, 4), (2, 3)]),
        (lambda x, y: y @ bcoo(x, PLACES[:, :1], (3, 0)), [(6, 0), (2, 3)]),
        (lambda x, y: jnp.tensordot(y, jax.vmap(lambda z: bcoo(z) @ y)(x), 0), [(2, 6), (4,)]),
        (lambda x, y: jax.vmap(lambda z: bcsr(z) @ y)(x), [(2, 5), (4,)]),
    ],
)
def test_a_product_is_read_with_batches_and_dense_axes(
    function: Any, shapes: list[tuple[int, ...]]
) -> None:
    assert agrees(function, tuple(map(_numbers, shapes)))


@pytest.mark.parametrize(
    "contracted",
    [((), ()), ((0,), (0,)), ((1,), (1,)), ((0, 1), (0, 1)), ((1, 0), (1, 0))],
)
@pytest.mark.parametrize("batched", [False, True])
def test_a_general_product_is_read(contracted: Any, batched: bool) -> None:
    def product(x: Any, y: Any) -> Any:
        numbers: Any = contracted, ((), ())
        if batched:
            behind = tuple(tuple(axis + 1 for axis in axes) for axes in contracted)
            numbers = behind, ((0,), (0,))
        left = in_batches(x) if batched else bcoo(x)
        return sparse.bcoo_dot_general(left, y, dimension_numbers=numbers)

    shapes = [(2, 3), (2, 3, 4)] if batched else [(6,), (3, 4)]
    assert agrees(product, tuple(map(_numbers, shapes)))


def test_what_is_stored_lies_where_the_reference_has_it() -> None:
    assert np.array_equal(jax.jit(lambda x: bcoo(x).todense())(DATA), dense(jnp.asarray(DATA)))
    assert np.array_equal(
        jax.jit(lambda x: bcsr(x).todense())(DATA[:5]), dense(jnp.asarray(DATA[:5]), BY_ROW)
    )


@pytest.mark.parametrize("name", [entry.name for entry in FAMILIES["sparse"]])
def test_no_case_is_estimated(name: str) -> None:
    case = case_named(name)
    sizes = {"m": 2, "n": 3}
    shapes = [
        tuple(sizes.get(axis) or int(axis) for axis in case.axes[leaf]) for leaf in case.leaves
    ]
    _, domain = readings(case.function, *(2 + _numbers(shape) for shape in shapes))
    assert not domain.estimated
    assert not domain.undecided


def _doubled(found: Any) -> Any:
    return lax.mul(found, jnp.full_like(found, 2))


JVPS = {
    "bcoo_dot_general": "BCOO(@ vector)",
    "bcsr_dot_general": "BCSR(@ vector)",
    "bcoo_todense": "bcoo_todense",
    "bcoo_extract": "bcoo_extract",
    "bcsr_todense": "bcsr_todense",
    "bcoo_dot_general_sampled": "bcoo_dot_general_sampled",
}

TRANSPOSES = {name: case for name, case in JVPS.items() if name != "bcoo_dot_general_sampled"}


@pytest.mark.parametrize("name", JVPS)
def test_a_wrong_derivative_is_a_wrong_rule(name: str) -> None:
    case = case_named(f"jax.experimental.sparse.{JVPS[name]}")
    assert read_rule(case, "grad").verdict == "conforms"
    with changed_jvp(with_rules()[name], lambda _p, _g, out, _params: _doubled(out)):
        assert read_rule(case, "grad").verdict == "wrong rule"


@pytest.mark.parametrize("name", TRANSPOSES)
def test_a_wrong_transpose_is_a_wrong_rule(name: str) -> None:
    case = case_named(f"jax.experimental.sparse.{TRANSPOSES[name]}")
    with changed_transpose(with_rules()[name], lambda _place, found, _cotangent: _doubled(found)):
        assert read_rule(case, "grad").verdict == "wrong rule"
