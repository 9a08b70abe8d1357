"""Functions whose program only approximates them: closed forms, and rules by numbers alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from test_oracles_functions import dawson, owen

from gradlaw.conformance import test_laws
from gradlaw.conformance.answers import Example
from gradlaw.conformance.cases import CASES
from gradlaw.conformance.cases.catalogue import closed_forms
from gradlaw.conformance.judging import judge
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import prepare
from gradlaw.conformance.profiles import PROFILES
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.elementary import elementary
from gradlaw.oracles.special import integrals
from gradlaw.oracles.traced import TracedForm
from gradlaw.oracles.x64 import x64

mpmath.mp.dps = 60


def quantile(p: Any) -> Any:
    return mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1)


EVALUATED: dict[str, tuple[Callable[..., arb], Callable[..., Any], list[tuple[float, ...]]]] = {
    "dawsn": (integrals.dawson, dawson, [(1e-300,), (-0.3,), (5.0,), (40.0,)]),
    "expi": (
        integrals.logarithmic_exponential_integral,
        mpmath.ei,
        [(1e-300,), (0.3,), (-3.0,), (700.0,)],
    ),
    "expn": (
        integrals.exponential_integral,
        mpmath.expint,
        [(1, 1e-5), (1, 700.0), (2, 0.3), (3, 50.0)],
    ),
    "ndtri": (integrals.normal_quantile, quantile, [(1e-20,), (0.3,), (1 - 2.0**-53,)]),
    "erfcinv": (
        integrals.complementary_inverse,
        lambda x: mpmath.erfinv(1 - x),
        [(1e-20,), (0.3,), (1.75,)],
    ),
    "hyp1f1": (
        lambda a, b, x: integrals.kummer(0, 0, a, b, x),
        mpmath.hyp1f1,
        [(0.125, 0.5, 0.3), (32.0, 0.125, 0.9375), (3.0, 2.0, -0.9375)],
    ),
    "owens_t": (integrals.owen_t, owen, [(0.5, 0.75), (-1.0, -2.0), (3.0, 100.0)]),
}


@pytest.mark.parametrize("name", EVALUATED)
def test_the_functions_are_those_of_mpmath(name: str) -> None:
    evaluate, other, places = EVALUATED[name]
    with ctx.workprec(160):
        for place in places:
            ball, expected = evaluate(*place), other(*map(mpmath.mpf, place))
            assert ball.rel_accuracy_bits() > 100
            assert abs(mpmath.mpf(ball.mid().str(50, radius=False)) / expected - 1) < 1e-40


@pytest.mark.parametrize(
    ("function", "other", "place"),
    [
        (closed_forms.dawsn, dawson, (0.6,)),
        (closed_forms.expi, mpmath.ei, (1.5,)),
        (lambda x: closed_forms.expn(1, x), lambda x: mpmath.expint(1, x), (1.5,)),
        (lambda x: closed_forms.expn(3, x), lambda x: mpmath.expint(3, x), (1.5,)),
        (closed_forms.ndtri, quantile, (0.125,)),
        (closed_forms.erfcinv, lambda x: mpmath.erfinv(1 - x), (0.125,)),
        (closed_forms.owens_t, owen, (0.5, 0.75)),
        (closed_forms.hyp1f1, mpmath.hyp1f1, (0.125, 0.5, 0.25)),
        (closed_forms.hyp1f1, mpmath.hyp1f1, (30.0, 2.0, -0.75)),
    ],
)
def test_their_derivatives_are_those_of_mpmath(
    function: Any, other: Any, place: tuple[float, ...]
) -> None:
    leaves = ("x", "y", "z")[: len(place)]
    form = TracedForm(jax.make_jaxpr(function)(*map(jnp.float32, place)), leaves)
    arguments = {name: np.asarray(number) for name, number in zip(leaves, place, strict=True)}
    with ctx.workprec(160):
        for position, leaf in enumerate(leaves):
            order = tuple(int(position == each) for each in range(len(leaves)))
            expected = mpmath.diff(other, place, order)
            found = mpmath.mpf(form.gradient(leaf, arguments).item().mid().str(50, radius=False))
            assert abs(found / expected - 1) < 1e-20


def test_mixed_derivatives_of_kummers_function_are_those_of_mpmath() -> None:
    place = 3.0, 0.75, 0.5
    for by_first, by_second in ((1, 0), (0, 1)):
        expected = mpmath.diff(mpmath.hyp1f1, place, (by_first, by_second, 1))
        with ctx.workprec(160):
            found = mixed(by_second == 1)
        assert abs(found / expected - 1) < 1e-20


def mixed(by_second: bool) -> Any:
    function = elementary("hyp1f1")
    assert function is not None
    ball = function.partial(1 if by_second else 0).partial(2).evaluate(3.0, 0.75, 0.5)
    return mpmath.mpf(arb(ball).mid().str(50, radius=False))


def test_a_closed_form_has_batches_on_any_axis() -> None:
    def each(h: Any, a: Any) -> Any:
        return closed_forms.owens_t(h, a)

    batched = jax.vmap(each, in_axes=(1, None))
    program = jax.make_jaxpr(batched)(jnp.ones((2, 3)), jnp.ones(2))
    assert program.out_avals[0].shape == (3, 2)


EXPI = next(case for case in CASES if case.name == "jax.scipy.special.expi")


def judged(factor: float) -> str:
    """The verdict on the exponential integral with a derivative times a factor."""

    @jax.custom_jvp
    def wrong(x: Any) -> Any:
        return jax.scipy.special.expi(x)

    @wrong.defjvp
    def _wrong(primals: Any, tangents: Any) -> Any:
        (x,), (dx,) = primals, tangents
        return jax.scipy.special.expi(x), jnp.asarray(factor, x.dtype) * jnp.exp(x) / x * dx

    case = replace(EXPI, function=lambda x: jnp.sum(wrong(x)))
    node = test_laws.examination(
        case, law_named("jit(grad)"), "float64", "cpu", PROFILES["default"], 0
    )
    return str(node.record().verdict)


def test_a_rule_wrong_in_the_tenth_digit_is_seen_by_numbers_alone() -> None:
    assert judged(1.0) == "conforms"
    assert judged(1 + 2.0**-33) == "inaccurate"


DAWSN = next(case for case in CASES if case.name == "jax.scipy.special.dawsn(near zero)")


@pytest.mark.parametrize("off", [0.0, 1.0])
def test_digits_are_added_until_the_oracle_is_narrow(off: float) -> None:
    @jax.custom_jvp
    def asymptotic(x: Any) -> Any:
        return 1 / (2 * x)

    @asymptotic.defjvp
    def _asymptotic(primals: Any, tangents: Any) -> Any:
        (x,), (dx,) = primals, tangents
        return 1 / (2 * x), -(1 + off) / (2 * x * x) * dx

    case = replace(DAWSN, function=lambda x: jnp.sum(asymptotic(x)), domains={})
    plan = Plan(shapes={"x": ()}, argnums=0)
    leaves = {"x": np.asarray(1e30)}
    example = Example(leaves=leaves, rows=(leaves,), row_of=None, region="ordinary")
    with x64(True):
        prepared = prepare(case, law_named("jit(grad)"), plan, "float64", Rounded("cpu"))
        verdict = judge(prepared, example, "float64").verdict
    assert verdict == ("inaccurate" if off else "conforms")


def test_they_are_called_in_every_profile() -> None:
    for profile in ("quick", "default"):
        named = {case.name for case, _, _ in test_laws.called(PROFILES[profile], 3)}
        assert {case.name for case in CASES if case.approximated} <= named
