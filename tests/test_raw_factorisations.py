"""Factorizations of matrices as they are drawn, and of batches on an axis that is not the first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from jax import lax
from mutants.internals import changed_batching, with_rules
from mutants.planted import read_rule
from mutants.sweep import changes

from gradlaw.conformance import searching
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.catalogue.raw_factorizations import ALONG
from gradlaw.conformance.laws import Law
from gradlaw.conformance.plan import plan_pool
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.linear_algebra.spectra import Symmetric

Array = np.ndarray[Any, Any]
DIGITS = 50
WEIGHTS = (1.0, -1.125)

RAW = {
    "svd": ("lax.linalg.svd(raw,values)", "lax.linalg.svd(raw,tall)"),
    "qr": ("lax.linalg.qr(raw,tall)",),
    "lu": ("lax.linalg.lu",),
}


def mapped(primitive: str) -> list[Case]:
    """Cases that map a function along another axis themselves."""
    return [case_named(each.name) for each in ALONG if each.path.endswith(f".{primitive}")]


@pytest.mark.parametrize("primitive", ["cholesky", "eigh", "svd", "lu", "qr", "triangular_solve"])
def test_a_batch_on_another_axis_than_the_first_is_met(primitive: str) -> None:
    """By some cases under every law, by others where the law's axis is another."""
    readings = [(case, "value_and_grad", 0) for case in mapped(primitive)]
    readings += [
        (case_named(name), *beyond_the_first_axis(name)) for name in RAW.get(primitive, ())
    ]
    assert len(readings) >= 2
    for case, law, seed in readings:
        assert read_rule(case, law, examples=2, seed=seed).verdict == "conforms"
    fault = changed_batching(with_rules()[primitive], changes.rolled_unless_leading)
    with fault, patch.object(searching, "SHRINK_SECONDS", 0.0):
        for case, law, seed in readings:
            assert read_rule(case, law, examples=2, seed=seed).verdict == "wrong rule", case.name


def beyond_the_first_axis(name: str) -> tuple[str, int]:
    """A batched law, and a seed by which its batch is on another axis."""
    case, law = case_named(name), Law(name="vmap(value_and_grad)")
    for seed in range(100):
        (plan,) = plan_pool(case, law, "float32", 1, seed)
        assert plan.batching is not None
        several = plan.batching.size > 1 and plan.shapes["x"][0] > 1
        if several and plan.batching.in_axes[0] in {1, 2, -1, -2}:
            return law.name, seed
    message = f"no seed below 100 maps {name} along another axis"
    raise LookupError(message)


def nearly_turning(angle: float) -> Array:
    """A multiple of a rotation but for one roundoff: its singular values are nearly alike."""
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    matrix *= np.float32(angle)
    matrix[0, 0] = np.nextafter(matrix[0, 0], np.float32(9))
    return matrix


def nearly_singular(angle: float) -> Array:
    """A matrix of rank one but for roundoffs."""
    return np.outer([np.cos(angle), 0.3], [np.sin(angle), 0.7]).astype(np.float32)


def nearly_isotropic(angle: float) -> Array:
    """A symmetric matrix whose eigenvalues are nearly alike."""
    matrix = np.eye(2, dtype=np.float32) * np.float32(1 + angle / 8)
    matrix[0, 1] = matrix[1, 0] = np.float32(1e-8 * np.cos(angle))
    matrix[1, 1] = np.nextafter(matrix[1, 1], np.float32(9))
    return matrix


def by_singular_vectors(matrix: Array) -> list[Any]:
    """The gradient of the weighted singular values: Σ wᵢ uᵢvᵢᵀ."""
    left, values, right = mpmath.svd_r(mpmath.matrix(matrix.tolist()))
    order = sorted(range(2), key=lambda k: -values[k])
    return [
        sum(w * left[i, k] * right[k, j] for w, k in zip(WEIGHTS, order, strict=True))
        for i in range(2)
        for j in range(2)
    ]


def by_eigenvectors(matrix: Array) -> list[Any]:
    """The gradient of the weighted eigenvalues: Σ wᵢ vᵢvᵢᵀ."""
    values, vectors = mpmath.eigsy(mpmath.matrix(matrix.tolist()))
    order = sorted(range(2), key=lambda k: values[k])
    return [
        sum(w * vectors[i, k] * vectors[j, k] for w, k in zip(WEIGHTS, order, strict=True))
        for i in range(2)
        for j in range(2)
    ]


def singular_values(a: Any) -> Any:
    return jnp.sum(lax.linalg.svd(a, compute_uv=False) * jnp.asarray(WEIGHTS, a.dtype))


def eigenvalues(a: Any) -> Any:
    return jnp.sum(lax.linalg.eigh(a)[1] * jnp.asarray(WEIGHTS, a.dtype))


@pytest.mark.parametrize(
    ("function", "drawn", "gradient"),
    [
        (singular_values, nearly_turning, by_singular_vectors),
        (singular_values, nearly_singular, by_singular_vectors),
        (eigenvalues, nearly_isotropic, by_eigenvectors),
    ],
)
def test_values_that_float32_cannot_tell_apart_are_in_order_all_the_same(
    function: Callable[[Any], Any],
    drawn: Callable[[float], Array],
    gradient: Callable[[Array], list[Any]],
) -> None:
    """A reading starts where JAX ends in float32: the order, and signs, may be others."""
    program = jax.make_jaxpr(jax.grad(function))(np.zeros((2, 2), np.float32))
    narrow = 0
    for angle in np.linspace(0.1, 6.0, 48):
        matrix = drawn(angle)
        domain = Exact(short=False)
        reader = Reader(domain)
        with ctx.workprec(256), mpmath.workdps(DIGITS):
            (found,) = reader.read(program, [reader.lift(matrix.astype(np.float64))])
            assert not domain.undecided
            for ball, true in zip(found.reshape(-1), gradient(matrix), strict=True):
                assert ball.overlaps(arb(mpmath.nstr(true, 40), 1e-30)), (matrix, ball, true)
                narrow += bool(ball.rad() < 1e-6)
    assert narrow >= 48


def test_singular_values_of_very_different_sizes_are_in_order() -> None:
    """Two are lost beside the first in float32, and JAX finds their vectors exchanged."""
    rows = (
        (-9.372059131717875e17, -0.375, 5.2596761581508167e-14, 2.543338837113709e-34),
        (-2.8194335754960775e-11, 8.265487849712372e-09, -377.90179443359375, -1.05714918752879e30),
        (7.392857304933025e-23, 158799593472.0, -1.7056299362858544e-25, -4.218207743963126e26),
    )
    matrix = np.array(rows, np.float32)
    program = jax.make_jaxpr(partial(lax.linalg.svd, full_matrices=False))(matrix)
    reader = Reader(Exact(short=False))
    with ctx.workprec(512), mpmath.workdps(100):
        _, values, _ = reader.read(program, [reader.lift(matrix.astype(np.float64))])
        wanted = sorted(
            mpmath.svd_r(mpmath.matrix(matrix.tolist()), compute_uv=False), reverse=True
        )
        for ball, true in zip(values, wanted, strict=True):
            assert abs(ball / arb(mpmath.nstr(true, 60)) - 1) < 1e-9


def test_eigenvalues_ascend_whatever_the_order_of_the_start() -> None:
    entries = [arb(entry) for entry in (2, 0.125, 0.125, 1)]
    exchanged = [[1.0, 0.0], [0.0, 1.0]]
    kind = Symmetric(size=2, start=exchanged)
    *_, least, largest = kind.values(Exact(), "float64", entries)
    assert least < 1
    assert largest > 2
    unsorted = Symmetric(size=2, start=exchanged, ascending=False)
    assert unsorted.values(Exact(), "float64", entries)[-1] < 1
