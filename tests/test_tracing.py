"""Every tracing law rejects some faulty jit: one that traces too often, too rarely, or is stale."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from gradlaw.conformance.tracing import Counted, Run, TracingLaw, judge_tracing
from gradlaw.conformance.tracing_laws import TRACING_LAWS
from gradlaw.garbage import collect_seldom

JIT = jax.jit
GRAD = jax.grad
EVERY_CALL = {"every_call-grad", "callback-grad", "print-grad"}
"""Laws without jit."""

Jit = Callable[..., Any]

each = pytest.mark.parametrize("law", TRACING_LAWS, ids=lambda law: law.name)


@pytest.fixture(autouse=True, scope="module")
def _older_objects_are_not_searched() -> None:
    """``jax.checking_leaks`` asks all objects but those set aside whether they hold a tracer."""
    collect_seldom()


def verdicts(law: TracingLaw) -> list[str]:
    return [failure.verdict for failure in judge_tracing(law).failures]


def anew(function: Any) -> Any:
    """Return another function object, which no cache has seen."""

    def again(*arguments: Any) -> Any:
        return function(*arguments)

    return again


def never_caching() -> Jit:
    def jit(function: Any, **options: Any) -> Any:
        def call(*arguments: Any) -> Any:
            return JIT(anew(function), **options)(*arguments)

        return call

    return jit


def tracing_twice() -> Jit:
    """Trace whatever is jitted once more than it must."""

    def jit(function: Any, **options: Any) -> Any:
        return JIT(lambda *arguments: (function(*arguments), function(*arguments))[1], **options)

    return jit


def plain_python() -> Jit:
    return lambda function, **_: function


def stale() -> Jit:
    """Answer each call of a jitted function with the first call's result."""

    def jit(function: Any, **options: Any) -> Any:
        jitted, kept = JIT(function, **options), []

        def call(*arguments: Any) -> Any:
            if not kept:
                kept.append(jitted(*arguments))
            return kept[0]

        return call

    return jit


def stale_everywhere() -> Jit:
    """Answer each call of any jitted function with the very first result."""
    kept: list[Any] = []

    def jit(function: Any, **options: Any) -> Any:
        def call(*arguments: Any) -> Any:
            if not kept:
                kept.append(JIT(function, **options)(*arguments))
            return kept[0]

        return call

    return jit


def forgetful() -> Jit:
    """Keep the last program only."""

    def jit(function: Any, **options: Any) -> Any:
        program: list[Any] = [None, None]

        def call(*arguments: Any) -> Any:
            key = str([jnp.asarray(each).aval for each in jax.tree.leaves(arguments)])
            if program[0] != key:
                program[:] = [key, JIT(anew(function), **options)]
            return program[1](*arguments)

        return call

    return jit


def one_dtype() -> Jit:
    """Cast whatever comes to the first call's dtype."""

    def jit(function: Any, **options: Any) -> Any:
        jitted, dtypes = JIT(function, **options), []

        def call(argument: Any, *others: Any) -> Any:
            dtypes.append(jnp.asarray(argument).dtype)
            cast = jnp.asarray(argument, dtypes[0])
            return jax.tree.map(lambda y: y.astype(dtypes[-1]), jitted(cast, *others))

        return call

    return jit


def keyed_by(key: Callable[[Any], Any]) -> Callable[[], Jit]:
    """Answer by the first call whose first argument has the same key."""

    def make() -> Jit:
        def jit(function: Any, **options: Any) -> Any:
            jitted, kept = JIT(function, **options), dict[Any, Any]()

            def call(first: Any, *others: Any) -> Any:
                if key(first) not in kept:
                    kept[key(first)] = jitted(first, *others)
                return kept[key(first)]

            return call

        return jit

    return make


def by_code_alone() -> Jit:
    """Keep programs by their functions' code, whatever that closes over."""
    kept: dict[Any, Any] = {}

    def jit(function: Any) -> Any:
        inner = function.__wrapped__
        code = inner.__closure__[0].cell_contents.__code__
        return kept.setdefault(code, JIT(function))

    return jit


def ignoring_donation() -> Jit:
    return lambda function, donate_argnums=(): JIT(function)  # noqa: ARG005


def donating_all() -> Jit:
    return lambda function, donate_argnums=(): JIT(function, donate_argnums=(0, 1))  # noqa: ARG005


def compiled_for_one_answer(function: Any) -> Any:
    """A compiled program answers each call with the first result."""
    jitted = JIT(function)

    def lower(*arguments: Any) -> Any:
        first = jitted.lower(*arguments).compile()(*arguments)
        return SimpleNamespace(compile=lambda: lambda *_: first)

    return SimpleNamespace(lower=lower)


FAULTY = (never_caching, tracing_twice, plain_python, stale, stale_everywhere, forgetful, one_dtype)


def rejecting(law: TracingLaw, patch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    found = {}
    for faulty in FAULTY:
        patch.setattr(jax, "jit", faulty())
        found[faulty.__name__] = verdicts(law)
    return found


def test_names_are_unique():
    assert len({law.name for law in TRACING_LAWS}) == len(TRACING_LAWS)


@each
def test_the_record_says_what_was_counted(law: TracingLaw):
    record = judge_tracing(law)
    assert record.verdict == "conforms"
    assert record.tracing is not None
    assert record.tracing.got == record.tracing.expected == law.expected


@each
def test_each_law_rejects_a_faulty_jit_by_its_count(
    law: TracingLaw, monkeypatch: pytest.MonkeyPatch
):
    if law.name in EVERY_CALL:
        monkeypatch.setattr(jax, "grad", lambda f: JIT(GRAD(f)))
        assert verdicts(law) == ["wrong count"]
        return
    found = rejecting(law, monkeypatch)
    assert any("wrong count" in each for each in found.values()), found


@each
def test_each_law_rejects_stale_results(law: TracingLaw, monkeypatch: pytest.MonkeyPatch):
    if law.name == "leak-jit":
        monkeypatch.setattr(jax, "checking_leaks", nullcontext)
        assert verdicts(law) == ["wrong number"]
        return
    if law.name == "ahead_of_time-jit(grad)":
        monkeypatch.setattr(jax, "jit", compiled_for_one_answer)
        assert verdicts(law) == ["wrong number"]
        return
    if law.name in EVERY_CALL:
        first: list[Any] = []

        def grad(function: Any) -> Any:
            def call(argument: Any) -> Any:
                first.append(GRAD(function)(argument))
                return first[0]

            return call

        monkeypatch.setattr(jax, "grad", grad)
        assert verdicts(law) == ["wrong number"]
        return
    # Python answers anew where the law says that the old answer stays.
    faulty = plain_python if law.name == "changed_closure-jit" else stale_everywhere
    monkeypatch.setattr(jax, "jit", faulty())
    found = verdicts(law)
    if "(jit" in law.name:
        # A value kept from within another transformation is a leaked tracer.
        assert found in (["refused"], ["wrong number"], ["wrong count", "wrong number"])
    else:
        assert "wrong number" in found


def named(name: str) -> TracingLaw:
    return next(law for law in TRACING_LAWS if law.name == name)


@pytest.mark.parametrize(
    ("name", "faulty", "expected"),
    [
        ("same_shape-jit", never_caching, ["wrong count"]),
        ("same_shape-jit(grad)", plain_python, ["wrong count"]),
        ("same_shape-jit", stale, ["wrong number"]),
        ("new_shape-jit(grad)", forgetful, ["wrong count"]),
        ("new_dtype-jit", forgetful, ["wrong count"]),
        ("new_dtype-jit", one_dtype, ["wrong count"]),
        ("new_dtype-jit(value_and_grad)", one_dtype, ["wrong count"]),
        ("side_effects_while_tracing-jit", plain_python, ["wrong count"]),
        ("changed_closure-jit", never_caching, ["wrong count", "wrong number"]),
        ("remade_in_a_loop-jit(grad)", stale_everywhere, ["wrong count", "wrong number"]),
        ("weak_and_strong_type-jit", never_caching, ["wrong count"]),
        ("weak_and_strong_type-jit", keyed_by(jnp.shape), ["wrong count", "wrong number"]),
        ("new_flag-jit(grad)", keyed_by(lambda x: x.shape), ["wrong count", "wrong number"]),
        ("containers-jit", keyed_by(len), ["wrong count", "wrong number"]),
        ("none_in_a_container-jit", keyed_by(lambda p: p["a"] > 4), ["wrong number"]),
        ("static_argument-jit", keyed_by(lambda x: x), ["wrong count", "wrong number"]),
        ("equal_static_arguments-jit", keyed_by(lambda x: x), ["wrong count", "wrong number"]),
        ("closures_of_one_code-jit(grad)", by_code_alone, ["wrong count", "wrong number"]),
        ("donated-jit(grad)", ignoring_donation, ["wrong number"]),
        ("not_donated-jit(grad)", donating_all, ["refused"]),
        (
            "new_batch_size-jit(vmap(grad))",
            keyed_by(lambda x: x.dtype),
            ["wrong count", "wrong number"],
        ),
    ],
)
def test_a_fault_is_called_by_its_name(
    name: str, faulty: Callable[[], Jit], expected: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jax, "jit", faulty())
    assert verdicts(named(name)) == expected


def test_a_cache_keyed_by_shape_alone_is_stale(monkeypatch: pytest.MonkeyPatch):
    def jit(function: Any) -> Any:
        kept: dict[Any, Any] = {}
        jitted = JIT(function)

        def call(x: Any) -> Any:
            if x.shape not in kept:
                kept[x.shape] = jitted(x)
            return kept[x.shape]

        return call

    monkeypatch.setattr(jax, "jit", jit)
    assert verdicts(named("new_dtype-jit(grad)")) == ["wrong count", "wrong number"]


def test_a_run_that_raises_is_refused():
    def fails() -> Run:
        raise ValueError("no such cache")

    record = judge_tracing(replace(named("same_shape-jit"), run=fails))
    assert record.verdict == "refused"
    assert record.failures[0].explanation == "it raised ValueError: no such cache"


def test_counting_counts_python_and_not_programs():
    counted = Counted(lambda x: x * x)
    counted.function(2.0)
    jitted = JIT(counted.function)
    jitted(2.0)
    jitted(3.0)
    assert counted.traces == 2
