"""Every pitfall can fail: each thing that could be amiss is planted and must be named."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradlaw.conformance.bitwise import difference
from gradlaw.conformance.pitfalls.judge import hold, judge_pitfall
from gradlaw.conformance.pitfalls.observing import Observed, Seen, observe
from gradlaw.conformance.pitfalls.pitfall import (
    MODES,
    Absent,
    Mode,
    Pitfall,
    Raises,
    Retraces,
    Yields,
    says,
)
from gradlaw.conformance.pitfalls.snippet import Snippet
from gradlaw.conformance.pitfalls.table import PITFALLS, pitfall_named
from gradlaw.reports.record import Record

INSTALLED = jax.__version__
PREFIXES: dict[Mode, str] = {
    "eager": "",
    "jit": "under jit: ",
    "vmap": "under vmap: ",
    "grad": "inside grad: ",
    "scan": "inside scan: ",
}


def by_name(pitfall: Pitfall) -> str:
    return pitfall.name


each = pytest.mark.parametrize("pitfall", PITFALLS, ids=by_name)


def explanations(record: Record) -> list[str]:
    assert record.verdict == ("wrong error" if record.failures else "conforms")
    return [failure.explanation for failure in record.failures]


def misuse(code: str, *expects: Any) -> Pitfall:
    """A pitfall of one's own, whose remedy is none."""
    return Pitfall(
        name="own",
        misuse=code,
        expects=expects,
        remedy="none",
        remedied="1.0",
        right=1.0,
        source="this test",
    )


def reworded(message: str, wanted: str) -> Iterator[str]:
    """A message with more before it, and with another word where the wanted one is fixed."""
    yield f"Sorry: {message}"
    if not wanted:
        return
    parts = [part for part in wanted.split("…") if part]
    words = [word for part in parts for word in re.findall(r"[A-Za-z]{3,}", part)]
    word = max(words, key=len)
    yield message.replace(word, word[::-1].swapcase())
    if not wanted.endswith("…"):
        yield f"{message} and more of it"


def next_up(got: Any) -> Any:
    """Move the last number by one unit in the last place."""
    if isinstance(got, tuple):
        return (*got[:-1], next_up(got[-1]))
    array = np.array(got)
    flat = array.reshape(-1)
    kind = array.dtype.kind
    if kind == "f":
        flat[-1] = 0.0 if np.isnan(flat[-1]) else np.nextafter(flat[-1], np.inf)
    else:
        flat[-1] = ~flat[-1] if kind == "b" else flat[-1] + 1
    return flat.reshape(array.shape)


def faults(expected: Any, seen: Seen, *, eager: bool) -> Iterator[tuple[Seen, str]]:
    """Each thing that could be amiss, and how its complaint begins."""
    if isinstance(expected, Raises):
        yield Seen(values=(0.0,)), "no error came"
        yield replace(seen, error=f"{seen.error}s"), f"other type: {seen.error}s"
        for text in reworded(seen.message, expected.message):
            yield replace(seen, message=text), "other message"
        if eager:
            phase = "call" if seen.phase != "call" else "wrap"
            yield replace(seen, phase=phase), f"other phase: it came at {phase}"
        return
    yield Seen(error="TypeError", message="refused"), "an error came where none must: TypeError"
    if isinstance(expected, Retraces):
        yield replace(seen, values=(expected.traces + 1,)), "other count"
        yield replace(seen, log=()), "other reason: JAX logged 'nothing'"
        return
    for row in range(len(seen.values)):
        values = list(seen.values)
        values[row] = next_up(values[row])
        yield replace(seen, values=tuple(values)), "other value"
    more = (*seen.warnings, ("FutureWarning", "soon"))
    yield replace(seen, warnings=more), "a warning came that must not: FutureWarning: soon"
    if expected.warning:
        yield replace(seen, warnings=()), "no warning came"


@each
def test_it_conforms_and_each_planted_fault_is_named(pitfall: Pitfall):
    if pitfall.devices > len(jax.devices()):
        return  # judged in a process with enough of them, below
    if isinstance(pitfall.expected(INSTALLED), Absent):
        return
    observed = observe(pitfall)
    assert explanations(hold(pitfall, observed, INSTALLED)) == []
    for mode, seen in observed.modes.items():
        if seen is None:
            continue
        expected = pitfall.expected(INSTALLED, mode)
        planted = list(faults(expected, seen, eager=mode == "eager"))
        assert len(planted) >= 3
        for fault, complaint in planted:
            other = replace(observed, modes={**observed.modes, mode: fault})
            found = explanations(hold(pitfall, other, INSTALLED))
            assert len(found) == 1, found
            assert found[0].startswith(PREFIXES[mode] + complaint), found
    for remedied, complaint in remedies_at_fault(observed):
        [found] = explanations(hold(pitfall, replace(observed, remedied=remedied), INSTALLED))
        assert found.startswith(complaint)


def remedies_at_fault(observed: Observed) -> Iterator[tuple[Seen, str]]:
    seen = observed.remedied
    yield Seen(error="RuntimeError", message="no such axis"), "the remedy fails: RuntimeError: no"
    yield replace(seen, values=(next_up(seen.values[0]),)), "the remedy gives another value"
    yield replace(seen, warnings=(("UserWarning", "soon"),)), "the remedy warns: UserWarning: soon"


@pytest.mark.parametrize(
    ("code", "phase"),
    [
        ("jax.grad(3.0)(1.0)", "wrap"),
        ("missing = jax.no_such_name\nmissing(1.0)", "wrap"),
        ("(lambda x: jnp.ones(2) + jnp.ones(3))(1.0)", "trace"),
        ("(lambda x: [][1] if isinstance(x, float) else x)(1.0)", "call"),
        (
            "from jax.extend.core import Primitive\n"
            "p = Primitive('p')\n"
            "p.def_abstract_eval(lambda x: x)\n"
            "jax.jit(lambda x: p.bind(x))(1.0)",
            "compile",
        ),
    ],
)
def test_the_phase_is_seen(code: str, phase: str):
    seen = observe(misuse(code)).modes["eager"]
    assert seen is not None
    assert seen.error
    assert seen.phase == phase


def test_each_mode_moves_the_floats_among_the_arguments():
    code = (
        "def f(x, n, *, y):\n"
        "    assert n == 2\n"
        "    assert type(x) is type(y)\n"
        "    if isinstance(x, jax.core.Tracer):\n"
        "        raise ValueError(type(x).__name__)\n"
        "    return x + y\n"
        "f(1.0, 2, y=np.float32(3.0) + 0.0 if False else 3.0)"
    )
    observed = observe(misuse(code, Yields(value=4.0))).modes
    eager = observed["eager"]
    assert eager is not None
    assert eager.values == (4.0,)
    kinds = {"jit": "Jaxpr", "vmap": "Batch", "grad": "Linearize|JVP", "scan": "Jaxpr"}
    for mode, kind in kinds.items():
        seen = observed[mode]  # type: ignore[index]
        assert seen is not None
        assert re.search(kind, seen.message), seen


def test_a_mode_without_anything_to_move_is_left_out():
    observed = observe(misuse("(lambda n: n + 1)(2)", Yields(value=3)))
    assert [mode for mode in MODES if observed.modes[mode] is None] == ["vmap", "grad"]
    assert explanations(hold(misuse("", Yields(value=3)), observed, INSTALLED)) == []


def test_an_error_that_is_missing_in_one_mode_is_noticed():
    code = "(lambda x: x * 1.0 if isinstance(x, jax.core.Tracer) else [][1])(1.0)"
    expected = Raises(error="IndexError", message="list index out of range", phase="call")
    found = explanations(judge_pitfall(misuse(code, expected)))
    assert found == [
        f"{PREFIXES[mode]}no error came; IndexError must come at call" for mode in MODES[1:]
    ]
    elsewhere = Yields(value=1.0, modes=("jit", "vmap", "grad", "scan"))
    record = judge_pitfall(misuse(code, expected, elsewhere))
    assert explanations(record) == []
    assert record.pitfall is not None
    assert record.pitfall.modes == dict.fromkeys(MODES[1:], "no error: 1.0")


def test_a_row_that_differs_is_noticed():
    code = "(lambda x: jax.lax.cumsum(x * jnp.ones(2)))(1.0)"
    observed = observe(misuse(code, Yields(value=[1.0, 2.0])))
    assert explanations(hold(misuse(code, Yields(value=[1.0, 2.0])), observed, INSTALLED)) == []
    scanned = observed.modes["scan"]
    assert scanned is not None
    assert len(scanned.values) == 2


def test_warnings_are_seen_and_missed():
    loud = "import warnings\n(lambda x: (warnings.warn('half of it'), x)[1])(1.0)"
    wanted = Yields(value=1.0, warning="UserWarning", message="half…")
    assert explanations(judge_pitfall(misuse(loud, wanted))) == []
    found = explanations(judge_pitfall(misuse("(lambda x: x)(1.0)", wanted)))
    assert found[0] == "no warning came; UserWarning must come: half…"
    assert len(found) == len(MODES)
    found = explanations(judge_pitfall(misuse(loud, Yields(value=1.0))))
    assert found[0] == "a warning came that must not: UserWarning: half of it"
    assert len(found) == len(MODES)


def test_a_misuse_on_devices_that_are_not_there_is_skipped_with_its_reason():
    record = judge_pitfall(replace(misuse("1.0", Yields(value=1.0)), devices=1000))
    assert record.verdict == "skipped"
    [failure] = record.failures
    assert re.fullmatch(r"it needs 1000 devices, and there is \d+", failure.explanation)
    assert record.pitfall is not None
    assert record.pitfall.remedy_works is None


def test_what_a_release_lacks_is_skipped_with_its_reason():
    absent = Absent(reason="has no jax.nothing", releases=">=0.5")
    record = judge_pitfall(misuse("jax.nothing(1.0)", absent), release="0.7.2")
    assert record.verdict == "skipped"
    assert record.failures[0].explanation == "JAX 0.7.2 has no jax.nothing"


def test_those_of_two_devices_conform_where_there_are_two():
    script = (
        "from gradlaw.conformance.pitfalls.judge import judge_pitfall\n"
        "from gradlaw.conformance.pitfalls.table import PITFALLS\n"
        "records = [judge_pitfall(each) for each in PITFALLS if each.devices == 2]\n"
        "print([(each.subject, each.verdict, each.failures) for each in records])\n"
        "assert len(records) >= 3\n"
        "assert {each.verdict for each in records} == {'conforms'}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_release_without_expectation_is_named():
    old = misuse("1.0", Raises(error="TypeError", message="x", phase="wrap", releases=">=9"))
    with pytest.raises(LookupError, match=r"own: 0 of its expectations \(>=9\).*mode eager"):
        judge_pitfall(old)


def test_two_expectations_for_a_release_are_named():
    twice = misuse("1.0", Yields(value=1.0), Yields(value=2.0, releases=">=0.6"))
    with pytest.raises(LookupError, match="2 of its expectations"):
        twice.expected("0.7.0")
    assert twice.expected("0.5.3") == Yields(value=1.0)


def test_an_expectation_for_a_mode_goes_before_the_general_one():
    special = Yields(value=2.0, modes=("jit",))
    pitfall = misuse("1.0", Yields(value=1.0), special)
    assert pitfall.expected("0.7.0", "jit") is special
    assert pitfall.expected("0.7.0", "scan") == Yields(value=1.0)


def test_code_that_ends_in_no_expression_is_refused():
    with pytest.raises(ValueError, match="the last line of x is no expression"):
        Snippet("a = 1", "x").value()


def test_dots_stand_for_any_text_and_all_else_for_itself():
    assert says("shape (2,).…", "shape (2,). More\nof it")
    assert says("shape (2,).…", "shape (2,).")
    assert not says("shape (2,).", "shape (2,). More")
    assert not says("shape (2,)", "shape 2,")
    assert says("a…c", "abbc")


def test_a_reworded_message_of_jax_is_noticed(monkeypatch: pytest.MonkeyPatch):
    from jax._src import api

    def reworded(*_: Any, **__: Any) -> None:
        raise TypeError("grad wants a scalar")

    monkeypatch.setattr(api, "_check_scalar", reworded)
    found = explanations(judge_pitfall(pitfall_named("non_scalar_output")))
    for prefix in PREFIXES.values():
        assert any(
            each.startswith(f"{prefix}other message: 'grad wants a scalar'") for each in found
        )


def test_a_forgotten_check_of_jax_is_noticed(monkeypatch: pytest.MonkeyPatch):
    real = jax.grad

    def lenient(function: Any, *args: Any, **options: Any) -> Any:
        return real(function, *args, **options, allow_int=True)

    monkeypatch.setattr(jax, "grad", lenient)
    found = explanations(judge_pitfall(pitfall_named("integer_input")))
    assert found[0].startswith("no error came")


def test_a_wrap_checked_too_late_is_noticed(monkeypatch: pytest.MonkeyPatch):
    real = jax.vmap

    def late(function: Any, **options: Any) -> Any:
        def call(*arguments: Any) -> Any:
            return real(function, **options)(*arguments)

        return call

    monkeypatch.setattr(jax, "vmap", late)
    found = explanations(judge_pitfall(pitfall_named("vmap_of_a_value")))
    assert found == ["other phase: it came at trace and not at wrap"]


def test_another_default_of_argnums_is_noticed(monkeypatch: pytest.MonkeyPatch):
    real = jax.grad
    monkeypatch.setattr(jax, "grad", lambda f, argnums=-1, **_: real(f, argnums=argnums))
    found = explanations(judge_pitfall(pitfall_named("argnums_forgotten")))
    assert found[0].startswith("other value")


def test_a_jit_that_reruns_python_is_noticed(monkeypatch: pytest.MonkeyPatch):
    real = jax.jit

    def forgetful(function: Any, **options: Any) -> Any:
        def call(*arguments: Any, **keywords: Any) -> Any:
            def anew(*a: Any, **k: Any) -> Any:
                return function(*a, **k)

            return real(anew, **options)(*arguments, **keywords)

        return call

    monkeypatch.setattr(jax, "jit", forgetful)
    for name in ("retraced_for_each_length", "retraced_for_a_list"):
        pitfall = pitfall_named(name)
        observed = replace(observe(pitfall), modes={"eager": observe(pitfall).modes["eager"]})
        found = explanations(hold(pitfall, observed, INSTALLED))
        assert found


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
