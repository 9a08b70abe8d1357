"""Every pitfall can fail: each thing that could be amiss is planted and must be named."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.core import Tracer

from gradlaw.conformance.bitwise import difference
from gradlaw.conformance.pitfalls.judge import PREAMBLE, judge_pitfall, observe
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises
from gradlaw.conformance.pitfalls.table import PITFALLS

RAISING = [pitfall for pitfall in PITFALLS if pitfall.raises]
SILENT = [pitfall for pitfall in PITFALLS if not pitfall.raises]
RELEASES = ("0.5.0", "0.6.2", "0.7.2", "0.8.3", "0.9.2", "0.10.2", "0.11.0", "0.12.0", "0.12.0.1")


def by_name(pitfall: Pitfall) -> str:
    return pitfall.name


each = pytest.mark.parametrize("pitfall", PITFALLS, ids=by_name)
each_raising = pytest.mark.parametrize("pitfall", RAISING, ids=by_name)
each_silent = pytest.mark.parametrize("pitfall", SILENT, ids=by_name)


def explanations(pitfall: Pitfall) -> list[str]:
    record = judge_pitfall(pitfall)
    assert record.verdict == ("wrong error" if record.failures else "conforms")
    return [failure.explanation for failure in record.failures]


def tracing() -> bool:
    return isinstance(jnp.add(1.0, 1.0), Tracer)


def planted(pitfall: Pitfall, error: Exception) -> Pitfall:
    """Raise another error at the phase at which the misuse raises its own."""
    phase = observe(pitfall).phase

    def raising(*_: Any) -> object:
        if phase == "call" and tracing():
            return 0.0
        raise error

    def wrapping() -> Any:
        raise error

    return replace(pitfall, wrap=wrapping if phase == "wrap" else lambda: raising)


def own_error(pitfall: Pitfall) -> Exception:
    error = observe(pitfall).error
    assert error is not None
    return error


@each
def test_a_pitfall_says_what_it_is(pitfall: Pitfall):
    assert pitfall.source
    assert pitfall.remedy
    assert pitfall.misuse
    assert (pitfall.yields is None) == bool(pitfall.raises)


def test_names_are_unique():
    assert len({pitfall.name for pitfall in PITFALLS}) == len(PITFALLS)


@each_raising
@pytest.mark.parametrize("release", RELEASES)
def test_each_release_has_one_expectation(pitfall: Pitfall, release: str):
    expected = pitfall.expected(release)
    assert expected in pitfall.raises


def test_a_release_without_expectation_is_named():
    old = replace(
        RAISING[0],
        raises=(Raises(error="TypeError", message="x", phase="wrap", releases=">=9"),),
    )
    with pytest.raises(LookupError, match=r"non_scalar_output: 0 of its ranges \(>=9\)"):
        judge_pitfall(old)


def test_two_expectations_for_a_release_are_named():
    twice = replace(RAISING[2], raises=RAISING[2].raises * 2)
    with pytest.raises(LookupError, match="2 of its ranges"):
        judge_pitfall(twice)


@each
def test_the_misuse_as_code_does_what_the_pitfall_does(pitfall: Pitfall):
    """The code in the report, run as it stands, raises or returns the same."""
    names: dict[str, Any] = {}
    *lines, last = ast.parse(PREAMBLE + pitfall.misuse).body
    assert isinstance(last, ast.Expr)
    expected = pitfall.expected(jax.__version__)
    if expected is None:
        exec(compile(ast.Module(lines, []), "<misuse>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<misuse>", "eval"), names)
        assert difference(value, pitfall.yields) is None
        return
    with pytest.raises(Exception, match=r"\w") as raised:
        exec(PREAMBLE + pitfall.misuse, names)
    assert type(raised.value).__name__ == expected.error
    assert re.fullmatch(expected.message, str(raised.value), flags=re.DOTALL)


@each_raising
def test_no_error_is_noticed(pitfall: Pitfall):
    silent = replace(pitfall, wrap=lambda: lambda *_: 0.0)
    [explanation] = explanations(silent)
    assert explanation.startswith("no error came")


@each_raising
def test_another_type_is_noticed(pitfall: Pitfall):
    other = type("OtherError", (Exception,), {})(str(own_error(pitfall)))
    [explanation] = explanations(planted(pitfall, other))
    assert explanation.startswith("other type: OtherError")


@each_raising
def test_a_base_class_does_not_stand_for_the_type(pitfall: Pitfall):
    mine = own_error(pitfall)
    derived = type("Derived", (type(mine),), {"__init__": Exception.__init__})(str(mine))
    derived.args = mine.args
    found = explanations(planted(pitfall, derived))
    assert any(explanation.startswith("other type: Derived") for explanation in found)


@each_raising
@pytest.mark.parametrize("change", ["{} (as of today)", "Sorry: {}"])
def test_another_message_is_noticed(pitfall: Pitfall, change: str):
    mine = own_error(pitfall)
    text = change.format(mine)
    other = type(mine.__class__.__name__, (Exception,), {})(text)
    [explanation] = explanations(planted(pitfall, other))
    assert explanation.startswith("other message")


@each_raising
def test_another_phase_is_noticed(pitfall: Pitfall):
    mine = own_error(pitfall)
    phase = observe(pitfall).phase

    def wrapping() -> Any:
        raise mine

    def raising(*_: Any) -> object:
        raise mine

    elsewhere = replace(pitfall, wrap=(lambda: raising) if phase == "wrap" else wrapping)
    [explanation] = explanations(elsewhere)
    assert explanation.startswith("other phase")


@pytest.mark.parametrize(
    "pitfall", [each for each in RAISING if each.raises[0].phase == "trace"], ids=by_name
)
def test_an_error_that_comes_only_when_run_is_another_phase(pitfall: Pitfall):
    mine = own_error(pitfall)

    def only_when_run(*_: Any) -> object:
        if not tracing():
            raise mine
        return 0.0

    [explanation] = explanations(replace(pitfall, wrap=lambda: only_when_run))
    assert explanation == "other phase: it came at call and not at trace"


@each_silent
def test_an_error_where_none_must_come_is_noticed(pitfall: Pitfall):
    def wrapping() -> Any:
        raise TypeError("refused")

    [explanation] = explanations(replace(pitfall, wrap=wrapping))
    assert explanation == "an error came where none must: TypeError at wrap"


@each_silent
def test_another_value_of_a_silent_misuse_is_noticed(pitfall: Pitfall):
    [explanation] = explanations(replace(pitfall, wrap=lambda: lambda *_: jnp.float32(0.25)))
    assert explanation.startswith("other value")


@each
def test_a_remedy_that_raises_is_noticed(pitfall: Pitfall):
    def fails() -> object:
        raise RuntimeError("no such axis")

    [explanation] = explanations(replace(pitfall, remedied=fails))
    assert explanation == "the remedy fails: RuntimeError: no such axis"


def next_up(got: object) -> object:
    """Move the last number by one unit in the last place."""
    if isinstance(got, tuple):
        return (*got[:-1], next_up(got[-1]))
    array = np.array(got)
    flat = array.reshape(-1)
    flat[-1] = np.nextafter(flat[-1], np.inf) if array.dtype.kind == "f" else flat[-1] + 1
    return flat.reshape(array.shape)


@each
def test_a_remedy_wrong_in_the_last_bit_is_noticed(pitfall: Pitfall):
    wrong = replace(pitfall, remedied=lambda: next_up(pitfall.remedied()))
    [explanation] = explanations(wrong)
    assert explanation.startswith("the remedy gives another value")


def test_a_reworded_message_of_jax_is_noticed(monkeypatch: pytest.MonkeyPatch):
    from jax._src import api

    def reworded(*_: Any, **__: Any) -> None:
        raise TypeError("grad wants a scalar")

    monkeypatch.setattr(api, "_check_scalar", reworded)
    found = explanations(named("non_scalar_output"))
    assert any(each.startswith("other message: 'grad wants a scalar'") for each in found)


def test_a_forgotten_check_of_jax_is_noticed(monkeypatch: pytest.MonkeyPatch):
    real = jax.grad

    def lenient(function: Any, *args: Any, **options: Any) -> Any:
        return real(function, *args, **options, allow_int=True)

    monkeypatch.setattr(jax, "grad", lenient)
    [explanation] = explanations(named("integer_input"))
    assert explanation.startswith("no error came")


def test_a_wrap_checked_too_late_is_noticed(monkeypatch: pytest.MonkeyPatch):
    real = jax.jit

    def late(function: Any, **options: Any) -> Any:
        def call(*arguments: Any) -> Any:
            return real(function, **options)(*arguments)

        return call

    monkeypatch.setattr(jax, "jit", late)
    [explanation] = explanations(named("jit_of_a_value"))
    assert explanation == "other phase: it came at trace and not at wrap"


def test_another_default_of_argnums_is_noticed(monkeypatch: pytest.MonkeyPatch):
    real = jax.grad
    monkeypatch.setattr(jax, "grad", lambda f, argnums=-1: real(f, argnums=argnums))
    [explanation] = explanations(named("forgotten_argnums"))
    assert explanation.startswith("other value")


def test_a_jit_that_reruns_python_is_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jax, "jit", lambda f, **_: f)
    for name in ("changed_closure", "side_effect_under_jit"):
        assert any(each.startswith("other value") for each in explanations(named(name)))


def named(name: str) -> Pitfall:
    return next(pitfall for pitfall in PITFALLS if pitfall.name == name)


def test_nan_stands_for_nan_and_zeros_keep_their_sign():
    assert difference(jnp.array([0.5, -jnp.nan]), [0.5, float("nan")]) is None
    assert difference(jnp.float32(-0.0), 0.0) == "0.0 was expected, not -0.0"
    assert difference(jnp.float32(0.5), float("nan")) is not None


def test_structure_and_shape_are_compared_too():
    assert difference((jnp.float32(1.0),), (1.0,)) is None
    assert difference(jnp.ones(1), (1.0,)) == "a tuple of 1 was expected, not [1.]"
    assert difference((1.0, 2.0), (1.0,)) == "1 values were expected, not 2"
    assert difference(jnp.ones(1), 1.0) == "shape () was expected, not (1,)"
    assert difference([jnp.float32(1.0)], 1.0) is not None


def test_an_inexact_expectation_is_refused():
    with pytest.raises(ValueError, match=r"0\.1 is not exact in float32"):
        difference(jnp.float32(0.1), 0.1)
