"""What parameters, named axes and layouts of derivatives show: faults that defaults hide."""

from __future__ import annotations

from random import Random
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from mutants.internals import changed_transpose, with_rules
from mutants.planted import array_case, read_rule

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.cases.catalogue.parameters.presence import taking
from gradlaw.conformance.laws import LAWS
from gradlaw.conformance.plan import drawn_argnums
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.interpreter import Reader

WAYS = ("named axis", "four devices", "four devices,unchecked")


@pytest.mark.parametrize("way", WAYS)
def test_a_permutation_the_other_way_round_is_seen(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_named(f"lax.ppermute(round,{way})")
    assert read_rule(case, "grad").verdict == "conforms"
    real = lax.ppermute
    monkeypatch.setattr(
        lax, "ppermute", lambda x, name, sent: real(x, name, [(b, a) for a, b in sent])
    )
    assert read_rule(case, "grad").verdict == "wrong rule"


@pytest.mark.parametrize("way", WAYS[1:])
def test_a_transpose_along_another_axis_is_seen(way: str) -> None:
    case = case_named(f"lax.all_gather(along the second axis,{way})")
    assert read_rule(case, "grad").verdict == "conforms"
    gather = with_rules()["all_gather"]
    with changed_transpose(gather, lambda _position, own, _whole: jnp.flip(own)):
        assert read_rule(case, "grad").verdict == "wrong rule"


def test_a_jacobian_with_its_axes_exchanged_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shape is right all the same, and a gradient alone has no axes to exchange."""
    case, real = array_case(lambda x: jnp.sum(x**3)), jax.jacrev
    for law in ("jacrev", "jacrev[of_a_matrix]"):
        assert read_rule(case, law).verdict == "conforms"

    def exchanged(function: Any, **options: Any) -> Any:
        def jacobian(*arguments: Any) -> Any:
            found = real(function, **options)(*arguments)
            return jax.tree.map(
                lambda d: d if d.ndim < 2 else jnp.swapaxes(d, 0, 1).reshape(d.shape), found
            )

        return jacobian

    monkeypatch.setattr(jax, "jacrev", exchanged)
    assert read_rule(case, "jacrev").verdict == "conforms"
    assert read_rule(case, "jacrev[of_a_matrix]").verdict == "wrong rule"


def test_a_derivative_by_all_arguments_is_in_half_of_the_draws() -> None:
    chance = Random(0)
    for count in (2, 3):
        drawn = [drawn_argnums(count, chance) for _ in range(400)]
        places = [{place % count for place in ([d] if isinstance(d, int) else d)} for d in drawn]
        assert sum(len(each) == count for each in places) > 190
        assert {len(each) for each in places} == set(range(1, count + 1))
        assert any(isinstance(each, int) for each in drawn)


def test_a_parameter_that_a_release_lacks_leaves_no_case() -> None:
    assert taking("axis", "jnp.sum") == "jnp.sum"
    assert taking("no_such_parameter", "jnp.sum") == "jnp.sum.no_such_parameter"


def test_rules_that_are_told_of_zeros_conform_under_the_table() -> None:
    for name in ("jax.custom_vjp(symbolic zeros, all used)", "jax.custom_jvp(symbolic zeros)"):
        case = case_named(name)
        laws = [law.name for law in LAWS if law.equals.order == 1 and not law.forward]
        for law in laws:
            assert read_rule(case, law).verdict == "conforms", (name, law)


def test_pivoted_columns_are_read_in_jax_s_order() -> None:
    matrix = np.array([[1.0, 4.0, 0.5], [2.0, -1.0, 8.0], [0.25, 3.0, 1.0]], np.float32)

    def factors(a: Any) -> Any:
        return lax.linalg.qr(a, pivoting=True, full_matrices=False)

    reader = Reader(Exact())
    program = jax.make_jaxpr(factors)(matrix)
    orthogonal, upper, order = reader.read(program, [reader.lift(matrix)])
    for balls, numbers in zip((orthogonal, upper), factors(matrix)[:2], strict=True):
        found = np.array([float(ball) for ball in balls.reshape(-1)]).reshape(balls.shape)
        assert np.allclose(found, numbers, atol=1e-5)
    assert order.tolist() == factors(matrix)[2].tolist()
    assert not reader.domain.undecided


def test_columns_of_one_length_leave_their_order_undecided() -> None:
    reader, matrix = Reader(Exact()), np.array([[1.0, 0.0], [0.0, -1.0]], np.float32)
    program = jax.make_jaxpr(lambda a: lax.linalg.qr(a, pivoting=True))(matrix)
    reader.read(program, [reader.lift(matrix)])
    assert reader.domain.undecided == {"qr"}


def test_what_a_solver_has_besides_its_solution_is_read() -> None:
    matrix = np.array([[2.0, 1.0], [1.0, 3.0]])

    def solved(a: Any) -> Any:
        def solve(_: Any, b: Any) -> Any:
            return jnp.linalg.solve(a, b), b.sum() + 1

        return lax.custom_linear_solve(
            lambda v: a @ v, jnp.ones(2), solve, symmetric=True, has_aux=True
        )

    reader = Reader(Exact())
    program = jax.make_jaxpr(solved)(matrix)
    solution, beside = reader.read(program, [reader.lift(matrix)])
    assert [float(ball) for ball in solution] == pytest.approx([0.4, 0.2])
    assert float(beside.item()) == 3.0
