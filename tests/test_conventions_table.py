"""What the table of conventions states: no accepted set rests on anything but its closed form."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import pytest
import sympy
from jax import lax
from jax.scipy import linalg, special

from gradlaw.conformance.conventions.accepted import (
    NOTHING,
    Accepted,
    clarke,
    rounded,
)
from gradlaw.conformance.conventions.convention import Convention, X, same
from gradlaw.conformance.conventions.table import CONVENTIONS, FAMILIES
from gradlaw.conformance.spelling import expression
from gradlaw.oracles.x64 import x64

RELEASES = (
    "0.5.0",
    "0.6.2",
    "0.7.2",
    "0.8.0",
    "0.9.2",
    "0.10.2",
    "0.11.0",
    "0.11.1",
    "0.11.2",
    "0.12.0",
    "0.12.0.1",
)
NAMES = {"jax": jax, "jnp": jnp, "lax": lax, "special": special, "linalg": linalg}
EXACT = 1e-12
"""What SymPy's limit, as a float, may differ by from the number that is written down."""


def by_name(convention: Convention) -> str:
    return convention.name


each = pytest.mark.parametrize("convention", CONVENTIONS, ids=by_name)


# What the table holds.


def test_there_are_enough_and_their_names_are_unique():
    assert len({convention.name for convention in CONVENTIONS}) == len(CONVENTIONS) >= 100
    assert sum(map(len, FAMILIES.values())) == len(CONVENTIONS)


@each
def test_a_convention_says_why_and_where_it_says_so(convention: Convention):
    assert convention.why.endswith(".")
    assert convention.source
    assert "-" not in convention.name, "the node's name is split at dashes"
    assert all(rounded(convention.point, dtype) == convention.point for dtype in convention.dtypes)


@each
def test_each_release_has_one_expectation(convention: Convention):
    met = [convention.expected(release) for release in RELEASES]
    assert all(given in met for given in convention.gives), "a range without a release"


@each
def test_an_exception_names_a_reading_and_says_something_else(convention: Convention):
    names = {name for reading in convention.readings for name in reading.names}
    for given in convention.gives:
        assert set(given.otherwise) <= names
        for name in given.otherwise:
            rest = {key: value for key, value in given.otherwise.items() if key != name}
            without = replace(convention, gives=(replace(given, otherwise=rest, releases=">=0"),))
            assert any(
                not same(value, rounded(given.value(reading), reading.dtype))
                for reading, value in without.stated(jax.__version__).items()
            ), f"{name} says what is said without it"


@each
def test_what_is_outside_the_accepted_set_has_a_remedy_or_none_is_possible(convention: Convention):
    """Nothing is left without a word where the first derivative is no number that will do."""
    first = [
        value for reading, value in convention.stated(jax.__version__).items() if reading.order == 1
    ]
    if convention.accepts.meaning != "none" and any(map(math.isnan, first)):
        assert convention.remedy is not None


# The accepted sets, by SymPy.


def limits(convention: Convention, order: int) -> list[Any]:
    """The limits of a derivative at the point, from each side that there is."""
    at = {math.inf: sympy.oo, -math.inf: -sympy.oo}.get(convention.point)
    where = sympy.Rational(convention.point) if at is None else at
    found = []
    for side, direction in zip(convention.sides, "-+", strict=True):
        if side is not None:
            slope = sympy.diff(side, X, order) if order else side
            towards = (direction,) if at is None else ()
            found.append(sympy.limit(slope, X, where, *towards))
    return found


def derived(convention: Convention, order: int) -> Accepted:
    """The hull of the limits; nothing where there are none, or they are opposite infinities."""
    found = limits(convention, order)
    numbers = [float(limit) for limit in found if limit.is_extended_real]
    if not found or len(numbers) < len(found):
        return NOTHING
    if len(set(numbers)) > 1 and any(map(math.isinf, numbers)):
        return NOTHING
    return clarke(min(numbers), max(numbers))


def agrees(mine: Accepted, true: Accepted) -> bool:
    if "none" in {mine.meaning, true.meaning}:
        return mine.meaning == true.meaning
    pairs = (mine.lower, true.lower), (mine.upper, true.upper)
    return all(left == right or abs(left - right) <= EXACT for left, right in pairs)


@each
def test_the_accepted_sets_are_the_hulls_of_sympys_limits(convention: Convention):
    assert agrees(convention.accepts, derived(convention, 1)), limits(convention, 1)
    assert agrees(convention.accepts_second, derived(convention, 2)), limits(convention, 2)


@each
def test_the_meaning_is_that_of_the_closed_form(convention: Convention):
    accepts, values = convention.accepts, limits(convention, 0)
    continuous = len(values) == 2 and values[0] == values[1]
    match accepts.meaning:
        case "derivative":
            assert continuous
            assert accepts.lower == accepts.upper
        case "Clarke":
            assert continuous
            assert values[0].is_finite
            assert accepts.lower < accepts.upper
        case "one-sided":
            assert len(values) == 1
        case "extension":
            jumps = not continuous or not values[0].is_finite
            assert jumps or math.isinf(accepts.lower)


@each
def test_the_closed_form_is_the_functions(convention: Convention):
    """Beside the point, where both are as they should be."""
    finite = math.isfinite(convention.point)
    step = 1 / 64 if finite else 8.0
    centre = convention.point if finite else 0.0
    for side, sign in zip(convention.sides, (-1, 1), strict=True):
        if side is None or not sympy.sympify(side).free_symbols:
            continue
        place = centre + sign * step if finite else math.copysign(step, convention.point)
        true = complex(sympy.sympify(side).subs(X, sympy.Rational(place)).evalf())
        with x64(True), jax.disable_jit():
            got = float(convention.function(jnp.float64(place)))
        assert abs(got - true) <= 1e-6 * max(1.0, abs(true))


# What the report shows.


@each
def test_the_code_shown_is_the_function(convention: Convention):
    functions = [convention.function]
    if convention.remedy is not None and convention.remedy.function is not None:
        functions.append(convention.remedy.function)
    for function in functions:
        again = eval(f"lambda x: {expression(function)}", dict(NAMES))
        point = jnp.float32(convention.point)
        assert str(jax.make_jaxpr(again)(point)) == str(jax.make_jaxpr(function)(point))
