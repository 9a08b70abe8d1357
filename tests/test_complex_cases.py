"""Complex cases: the oracle against mpmath, the verdict by parts, and faults that must show."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from flint import acb, arb, ctx
from jax import lax
from mutants.internals import changed_jvp, changed_transpose

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import COMPLEX_CASES, case_named
from gradlaw.conformance.cases.catalogue.entry import TURN
from gradlaw.conformance.examining import Examination
from gradlaw.conformance.judging import judge
from gradlaw.conformance.laws import LAWS, law_named
from gradlaw.conformance.number_types import component, numbers_in_parts
from gradlaw.conformance.plan import Plan, applies, plan_pool
from gradlaw.conformance.preparation import prepare
from gradlaw.conformance.primals import Primals
from gradlaw.conformance.profiles import Profile
from gradlaw.conformance.reproducer import reproducer
from gradlaw.conformance.rule import judge_rule
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Unsupported
from gradlaw.oracles.x64 import x64
from gradlaw.reports.record import Record

DIGITS = 40
POINTS = (1.375 + 0.625j, -0.4375 + 2.25j, -1.75 - 0.3125j, 0.21875 - 1.5j)
"""In each quadrant, on no axis, and of moduli on either side of 1."""

WHOLE: dict[str, Callable[[Any], Any]] = {
    "jnp.arccos": mpmath.acos,
    "jnp.arcsin": mpmath.asin,
    "jnp.arcsinh": mpmath.asinh,
    "jnp.arctan": mpmath.atan,
    "jnp.arctanh": mpmath.atanh,
    "jnp.arccosh": mpmath.acosh,
    "jnp.cos": mpmath.cos,
    "jnp.cosh": mpmath.cosh,
    "jnp.exp": mpmath.exp,
    "jnp.expm1": lambda z: mpmath.exp(z) - 1,
    "jnp.log": mpmath.log,
    "jnp.log10": mpmath.log10,
    "jnp.log1p": lambda z: mpmath.log(1 + z),
    "jnp.log2": lambda z: mpmath.log(z) / mpmath.log(2),
    "jnp.negative": lambda z: -z,
    "jnp.reciprocal": lambda z: 1 / z,
    "jnp.sin": mpmath.sin,
    "jnp.sinc": lambda z: mpmath.sin(mpmath.pi * z) / (mpmath.pi * z),
    "jnp.sinh": mpmath.sinh,
    "jnp.sqrt": mpmath.sqrt,
    "jnp.square": lambda z: z * z,
    "jnp.tan": mpmath.tan,
    "jnp.tanh": mpmath.tanh,
    "lax.logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
    "lax.rsqrt": lambda z: 1 / mpmath.sqrt(z),
}
"""Functions with a complex derivative, as mpmath has them."""


def in_parts_of(function: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Both parts of a function's value."""
    return lambda z: (function(z).real, function(z).imag)


IN_PARTS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "jnp.abs": lambda z: (abs(z),),
    "jnp.angle": lambda z: (mpmath.arg(z),),
    "jnp.conj": lambda z: (z.real, -z.imag),
    "jnp.imag": lambda z: (z.imag,),
    "jnp.real": lambda z: (z.real,),
    "jnp.sign": lambda z: (z.real / abs(z), z.imag / abs(z)),
    **{name: in_parts_of(function) for name, function in WHOLE.items()},
}
"""The parts of results, which entries of real values weight by 1 and -9/8."""


def oracle(name: str) -> tuple[Case, Any]:
    case = case_named(name)
    plan = Plan(shapes={"x": ()}, argnums=0)
    with x64(True):
        return case, Primals(case=case, law=law_named("grad"), plan=plan, dtype="complex128").form


def at(point: complex) -> dict[str, Any]:
    return {"x": np.asarray(point)}


def agrees(found: Any, expected: Any) -> bool:
    """Whether a ball as narrow as the program's literals holds what mpmath found."""
    near = arb(0, 1e-25)
    ball = acb(arb(str(expected.real)) + near, arb(str(expected.imag)) + near)
    widest = arb(2) ** -40 * (1 + abs(ball))
    return bool(found.overlaps(ball) and found.real.rad() < widest and found.imag.rad() < widest)


@pytest.mark.parametrize("name", WHOLE)
def test_the_oracle_of_a_holomorphic_case_has_mpmaths_derivatives(name: str) -> None:
    case, form = oracle(next(c.name for c in COMPLEX_CASES if c.name.startswith(f"{name}(holo")))
    assert case.holomorphic
    with ctx.workprec(192), mpmath.workdps(DIGITS):
        for point in POINTS:
            z = mpmath.mpc(point)
            first, second = (TURN * mpmath.diff(WHOLE[name], z, order) for order in (1, 2))
            assert agrees(form.gradient("x", at(point)).item(), first)
            wrong = first * (1 + mpmath.mpf(2) ** -30)
            assert not agrees(form.gradient("x", at(point)).item(), wrong)
            assert agrees(form.hessian("x", "x", at(point)).item(), second)


def by_both_parts(parts: Callable[[Any], tuple[Any, ...]], point: complex) -> Any:
    """∂f/∂x − i ∂f/∂y of the weighted sum."""
    weights = (mpmath.mpf(1), mpmath.mpf(-9) / 8)

    def total(x: Any, y: Any) -> Any:
        return sum(w * part for w, part in zip(weights, parts(mpmath.mpc(x, y)), strict=False))

    at_point = point.real, point.imag
    return mpmath.mpc(
        mpmath.diff(total, at_point, (1, 0)).real, -mpmath.diff(total, at_point, (0, 1)).real
    )


@pytest.mark.parametrize("name", IN_PARTS)
def test_the_oracle_of_a_real_valued_case_has_mpmaths_partial_derivatives(name: str) -> None:
    case, form = oracle(f"{name}(complex)")
    assert not case.holomorphic
    with ctx.workprec(192), mpmath.workdps(DIGITS):
        for point in POINTS:
            expected = by_both_parts(IN_PARTS[name], point)
            found = form.gradient("x", at(point)).item()
            assert agrees(found, expected)
            if abs(expected.imag) > 1e-9:
                assert not agrees(found, expected.conjugate())


def test_a_real_function_of_complex_numbers_is_not_differentiated_twice() -> None:
    case, form = oracle("jnp.exp(complex)")
    with pytest.raises(Unsupported, match="holomorphic"):
        form.hessian("x", "x", at(POINTS[0]))
    twice = law_named("grad(grad)")
    assert not applies(case, twice)
    assert applies(case_named("jnp.exp(holomorphic)"), twice)


def examined(
    case: Case, law: str = "grad", *, seed: int = 0, called: bool = False, examples: int = 4
) -> Record:
    """A node on complex64, read exactly or called."""
    return Examination(
        case=case,
        law=law_named(law),
        dtype="complex64",
        backend="cpu" if called else "exact",
        seed=seed,
        profile=Profile(plans=1, examples=examples),
        judge=judge if called else judge_rule,
    ).record()


def telling_seed(case: Case, law: str) -> int:
    """A seed whose first plan has several elements and is differentiated by all arguments."""
    return next(
        seed
        for seed in range(100)
        for plan in plan_pool(case, law_named(law), "complex64", 1, seed)
        if 1 < plan.elements(case) < 60 and set(plan.selected(case)) == set(case.leaves)
        if all(0 not in shape for shape in plan.shapes.values())
        if plan.batching is None or plan.batching.size > 1
    )


def modulus_without_conjugate() -> AbstractContextManager[None]:
    """Make |z|' = Re(z'·z/|z|), without the conjugate."""

    def change(primals: Any, given: Any, out: Any, _params: Any) -> Any:
        (z,), (tangent,) = primals, given
        return lax.real(lax.mul(tangent, lax.sign(z))) if jnp.iscomplexobj(z) else out

    return changed_jvp(lax.abs_p, change)


def exponential_conjugate() -> AbstractContextManager[None]:
    """Make exp'(z) the conjugate of exp(z)."""

    def change(primals: Any, given: Any, out: Any, _params: Any) -> Any:
        (z,), (tangent,) = primals, given
        return lax.mul(tangent, lax.conj(lax.exp(z))) if jnp.iscomplexobj(z) else out

    return changed_jvp(lax.exp_p, change)


def square_off_in_the_imaginary_part() -> AbstractContextManager[None]:
    """Make the imaginary part of (z²)' too large by 2**-30."""

    def change(_primals: Any, _given: Any, out: Any, _params: Any) -> Any:
        if not jnp.iscomplexobj(out):
            return out
        return lax.complex(lax.real(out), lax.mul(lax.imag(out), _like(out, 1 + 2.0**-30)))

    return changed_jvp(lax.square_p, change)


def root_wrong_on_the_left() -> AbstractContextManager[None]:
    """Give the derivative of the square root the wrong sign where Re z < 0."""

    def change(primals: Any, _given: Any, out: Any, _params: Any) -> Any:
        (z,) = primals
        return lax.select(lax.lt(lax.real(z), _like(z, 0.0)), lax.neg(out), out)

    return changed_jvp(lax.sqrt_p, change)


def imaginary_part_transposed_with_the_wrong_sign() -> AbstractContextManager[None]:
    """Make the cotangent of Im z the negative of what it is."""
    return changed_transpose(lax.imag_p, lambda _place, found, _cotangent: lax.neg(found))


def inner_product_transposed_with_a_conjugate() -> AbstractContextManager[None]:
    """Conjugate the cotangent of an inner product's factors, as for Hermitian transposes."""
    return changed_transpose(lax.dot_general_p, lambda _place, found, _cotangent: lax.conj(found))


def _like(z: Any, number: float) -> Any:
    return jnp.full_like(lax.real(z), number)


FAULTS = (
    (modulus_without_conjugate, "jnp.abs(complex)", "grad"),
    (modulus_without_conjugate, "jnp.abs(complex)", "vmap(grad)"),
    (exponential_conjugate, "jnp.exp(complex)", "grad"),
    (exponential_conjugate, "jnp.exp(holomorphic)", "value_and_grad"),
    (exponential_conjugate, "jnp.exp(holomorphic)", "grad(grad)"),
    (square_off_in_the_imaginary_part, "jnp.square(holomorphic)", "grad"),
    (root_wrong_on_the_left, "jnp.sqrt(complex)", "grad"),
    (root_wrong_on_the_left, "jnp.sqrt(holomorphic)", "vmap(grad)"),
    (imaginary_part_transposed_with_the_wrong_sign, "jnp.imag(complex)", "grad"),
    (imaginary_part_transposed_with_the_wrong_sign, "jnp.log(complex)", "mean(vmap(grad))"),
    (inner_product_transposed_with_a_conjugate, "jnp.dot(holomorphic)", "grad"),
    (inner_product_transposed_with_a_conjugate, "jnp.matmul(complex)", "value_and_grad"),
)


@pytest.mark.parametrize(
    ("fault", "name", "law"), FAULTS, ids=[f"{f.__name__} in {n}-{law}" for f, n, law in FAULTS]
)
def test_a_wrong_complex_rule_is_read(
    fault: Callable[[], AbstractContextManager[None]], name: str, law: str
) -> None:
    case = replace(case_named(name), regions=("ordinary",))
    seed = 0 if law == "grad(grad)" else telling_seed(case, law)
    sound = examined(case, law, seed=seed)
    assert sound.verdict == "conforms", sound.failures
    with fault():
        record = examined(case, law, seed=seed)
    assert record.verdict == "wrong rule", record
    assert record.failures[0].where.endswith((".real", ".imag"))
    assert record.failures[0].got != record.failures[0].expected


@pytest.mark.parametrize("law", ["grad", "jit(value_and_grad)", "vmap(grad)", "grad(mean(vmap))"])
@pytest.mark.parametrize("name", ["jnp.sin(holomorphic)", "jnp.multiply(complex)"])
def test_what_is_returned_is_judged_by_parts(name: str, law: str) -> None:
    case = replace(case_named(name), regions=("ordinary",), max_batch=7)
    seed = telling_seed(case, law)
    record = examined(case, law, seed=seed, called=True)
    assert record.verdict == "conforms", record.failures
    assert record.law is not None
    assert (record.law.ratio or 0) > 0
    faulty = replace(case, function=lambda *leaves: _inexact(case.function(*leaves)))
    # The oracle is that of the faulty function's own program, so that only numbers may differ.
    assert examined(faulty, law, seed=seed, called=True).verdict == "wrong rule"


@jax.custom_jvp
def _inexact(value: Any) -> Any:
    return value


@_inexact.defjvp
def _inexact_jvp(primals: Any, tangents: Any) -> Any:
    return primals[0], tangents[0] * (1 + 2.0**-10)


def judged_number(error: complex) -> str:
    """The verdict on exp'(z) returned with an error, in units of the parts' ULP."""
    case, point = case_named("jnp.exp(holomorphic)"), np.asarray(0.75 + 0.75j, np.complex64)
    plan = Plan(shapes={"x": ()}, argnums=0)
    prepared = prepare(case, law_named("grad"), plan, "complex64", Rounded("cpu"))
    true = TURN * np.exp(np.complex128(point))
    ulps = np.spacing(np.array([true.real, true.imag], np.float32)).astype(np.float64) * [
        error.real,
        error.imag,
    ]
    returned = np.complex64(true + complex(*ulps))
    prepared.call = lambda _x: jnp.asarray(returned)
    leaves = {"x": point}
    example = Example(leaves=leaves, rows=(leaves,), row_of=None, region="ordinary")
    return judge(prepared, example, "complex64").verdict


def test_each_part_has_a_bound_of_its_own() -> None:
    assert judged_number(0j) == "conforms"
    assert judged_number(1 + 1j) == "conforms"
    assert judged_number(200) == "wrong number"
    assert judged_number(200j) == "wrong number"


def test_another_dtype_is_a_wrong_structure() -> None:
    case = case_named("jnp.exp(complex)")
    plan = Plan(shapes={"x": (2,)}, argnums=0)
    prepared = prepare(case, law_named("value_and_grad"), plan, "complex64", Rounded("cpu"))
    leaves = {"x": np.asarray([0.5 + 1j, 2 - 0.25j], np.complex64)}
    example = Example(leaves=leaves, rows=(leaves,), row_of=None, region="ordinary")
    assert prepared.question.dtypes() == ["float32", "complex64"]
    assert judge(prepared, example, "complex64").verdict == "conforms"
    call = prepared.call
    prepared.call = lambda x: jax.tree.map(jnp.real, call(x))
    outcome = judge(prepared, example, "complex64")
    assert outcome.verdict == "wrong structure"
    assert outcome.explanation == "the derivative by x is float32[2], not complex64[2]"


def test_every_complex_case_meets_some_law() -> None:
    assert len(COMPLEX_CASES) >= 90
    assert all(case.is_complex and case.reading_dtype == "complex64" for case in COMPLEX_CASES)
    assert all(any(applies(case, law) for law in LAWS) for case in COMPLEX_CASES)
    assert not case_named("jnp.sin").is_complex
    assert case_named("jnp.sin").reading_dtype == "float32"


def test_a_component_is_named_with_its_part() -> None:
    assert component("x", (1, 2, 0), in_parts=True) == "x[1, 2].real"
    assert component("value", (1,), in_parts=True) == "value.imag"
    assert component("x", (1,), in_parts=False) == "x[1]"
    parts = numbers_in_parts(np.asarray([1 - 0.0j, complex(-0.0, 2)]))
    assert parts.shape == (2, 2)
    assert np.signbit(parts[1, 0])


@pytest.mark.parametrize("size", [3, 500])
def test_a_reproducer_keeps_complex_numbers_bit_by_bit(size: int) -> None:
    case = case_named("jnp.multiply(holomorphic)")
    plan = Plan(shapes={"x": (size,), "y": (size,)}, argnums=1)
    numbers = np.resize(np.asarray([complex(0.1, -0.0), complex(-0.0, 3.0), 1 / 3 + 2j]), size)
    leaves = {"x": numbers.astype(np.complex64), "y": numbers.astype(np.complex64)}
    example = Example(leaves=leaves, rows=(leaves,), row_of=None, region="zeros")
    script = reproducer(case, law_named("jit(grad)"), plan, example, "complex64", "as expected")
    assert "holomorphic=True" in script
    names: dict[str, Any] = {}
    exec(compile(script, "reproducer", "exec"), names)
    assert np.asarray(names["arguments"][0]).tobytes() == leaves["x"].tobytes()
    found = names["law"](*names["arguments"])
    assert found.dtype == jnp.complex64
