"""Calibration: it sees a rule that is too small, and a function that is computed badly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb

from gradlaw.oracles.rounding import calibration
from gradlaw.oracles.rounding.__main__ import main
from gradlaw.oracles.rounding.arithmetic import arithmetic
from gradlaw.oracles.rounding.calibration import SUBJECTS, Subject, measured, measurements
from gradlaw.oracles.rounding.rules import Rule, rule
from gradlaw.oracles.rounding.sampling import everything, moderate, stratified
from gradlaw.oracles.x64 import x64

SINE = next(subject for subject in SUBJECTS if subject.name == "sin")


@pytest.fixture(autouse=True)
def wide() -> Iterator[None]:
    with x64(True):
        yield


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_rule_holds_and_a_smaller_one_is_short(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = measured(SINE, dtype, "cpu", 2000)
    assert found is not None
    assert not found.short
    assert 0.5 < found.error <= (found.allowed or 0)
    tiny = Rule(roundoffs=0.25, source="planted")
    monkeypatch.setattr(calibration, "rule", lambda *_: tiny)
    short = measured(SINE, dtype, "cpu", 2000)
    assert short is not None
    assert short.short
    assert short.error == pytest.approx(found.error, rel=0)


def test_a_function_computed_badly_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(x: Any) -> Any:
        return jnp.where(x == jnp.float32(0.5), jnp.sin(x) * (1 + 2.0**-20), jnp.sin(x))

    monkeypatch.setattr(jax.lax, "sin", wrong)
    found = measured(SINE, "float32", "cpu", 2000)
    assert found is not None
    assert found.short
    assert abs(found.at[0]) == 0.5


def test_infinity_where_the_value_is_finite_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax.lax, "sin", lambda x: jnp.sin(x) / jnp.where(x == 0.5, 0.0, 1.0))
    found = measured(SINE, "float32", "cpu", 2000)
    assert found is not None
    assert found.error == float("inf")


def test_a_number_where_the_value_is_zero_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """There a relative error says nothing."""
    lgamma = jax.lax.lgamma
    subject = next(subject for subject in SUBJECTS if subject.name == "lgamma")
    assert not measured(subject, "float32", "cpu", 2000).short  # type: ignore[union-attr]
    monkeypatch.setattr(jax.lax, "lgamma", lambda x: jnp.where(x == 2, 1e-4, lgamma(x)))
    found = measured(subject, "float32", "cpu", 2000)
    assert found is not None
    assert found.short


def test_an_absolute_error_of_positive_arguments_is_theirs_alone() -> None:
    found = rule("lgamma", "cpu", "float64")
    assert found is not None
    assert found.absolute_at(arb(2)) < found.absolute == found.absolute_at(arb(-2))
    assert found.absolute_at(arb(0.5, 1)) == found.absolute  # it may be either


def test_a_primitive_that_this_jax_lacks_is_left_out() -> None:
    assert measured(Subject(name="sin", function="no_such"), "float32", "cpu", 100) is None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no primitive 'sine' is calibrated; known: acos"):
        next(measurements("cpu", 100, ["sine"]))


def test_half_precisions_are_exhausted() -> None:
    assert len(everything("float16")) == 2 * (2**15 - 2**10 - 1)
    normal = 2 * (254 * 2**7)
    assert len(everything("bfloat16")) == normal
    assert np.abs(everything("bfloat16")).min() == arithmetic("bfloat16").tiny


def test_samples_reach_the_ends_of_the_range() -> None:
    drawn = np.abs(stratified("float32", 4000))
    numbers = arithmetic("float32")
    assert drawn.min() < numbers.tiny * 2**8
    assert drawn.max() > numbers.largest / 2**8
    assert 1.0 in drawn
    assert set(np.sign(stratified("float32", 4000))) == {-1.0, 1.0}
    assert (moderate("float32", 100, 0, 2, 0) >= 1).all()


def test_the_command_says_what_it_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["--samples", "500", "--only", "sin", "--dtypes", "float32"]
    assert main(arguments) == 0
    assert "1 measured, 0 rules short" in capsys.readouterr().out
    monkeypatch.setattr(calibration, "rule", lambda *_: Rule(roundoffs=0.25, source="planted"))
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    assert "SHORT" in printed
    assert "1 measured, 1 rules short" in printed


@pytest.mark.parametrize("arguments", [["--only", "sine"], ["--backend", "abacus"]])
def test_the_command_refuses(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, "--samples", "100"])
    assert stopped.value.code == 2
    assert arguments[1] in capsys.readouterr().err
