"""What all strategies owe: reproducible, cheap, healthy examples, and no JAX."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import Phase, find, given, seed, settings
from hypothesis.errors import FailedHealthCheck, InvalidArgument

from gradlaw.strategies import (
    FLOAT_FORMATS,
    REGIONS,
    Domain,
    Signature,
    WellConditioned,
    arguments,
    arrays,
    batched_arguments,
    batchings,
    elements,
    leaf_shapes,
    matrices,
    shapes,
)
from gradlaw.strategies.codes import drawn_bytes

T = TypeVar("T")

FLOAT32 = FLOAT_FORMATS["float32"]


def sample(strategy: st.SearchStrategy[T], count: int = 60, *, start: int = 0) -> list[T]:
    """Draw examples under a seed, with every health check on."""
    drawn: list[T] = []

    @seed(start)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate])
    @given(strategy)
    def collect(example: T) -> None:
        drawn.append(example)

    collect()
    return drawn


def anything(value: Any) -> Any:
    """Pass a value of the wrong type past the type checkers."""
    return value


def minimal(strategy: st.SearchStrategy[T], condition: Callable[[T], bool]) -> T:
    """Find the simplest example, the same in every run."""
    quiet = settings(max_examples=1000, database=None, deadline=None, derandomize=True)
    return find(strategy, condition, settings=quiet)


STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "elements": elements(FLOAT32),
    "arrays": arrays((3, 2), FLOAT32, region="cancellation"),
    "large arrays": arrays((10, 100), FLOAT32, region="ties"),
    "matrices": matrices(3, FLOAT32),
    "shapes": shapes(),
    "leaf shapes": leaf_shapes(Signature.parse("(),(n),(m,n),(*k)->()")),
    "batchings": batchings((0, 1, 2), out_ranks=(0, 1)),
    "arguments": arguments(
        {"A": (3, 3), "b": (3,), "c": ()},
        FLOAT32,
        domains={"A": WellConditioned(), "b": Domain(lower=-1.0)},
    ),
    "batches": batched_arguments({"w": (), "x": (5,)}, {"w": None, "x": -1}, 7, FLOAT32),
    "widest batches": batched_arguments(
        dict.fromkeys("abcdefgh", (40,)), dict.fromkeys("abcdefgh", 0), 8, FLOAT32
    ),
    "large batches": batched_arguments({"w": (), "x": (5,)}, {"w": 0, "x": 1}, 1000, FLOAT32),
}


def same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


@pytest.mark.parametrize("name", STRATEGIES)
def test_one_seed_gives_one_sequence_of_examples(name):
    strategy = STRATEGIES[name]
    once = sample(strategy, 8, start=7)
    assert same(once, sample(strategy, 8, start=7))
    assert not same(once, sample(strategy, 8, start=8))


def test_the_health_checks_would_notice_what_is_too_large():
    # Hypothesis gives up on an example beyond 8 KiB, and complains of the simplest beyond half.
    sample(drawn_bytes(1000), 2)
    with pytest.raises(FailedHealthCheck, match="large"):
        sample(drawn_bytes(5000), 2)


def test_importing_the_strategies_imports_no_jax():
    program = (
        "import sys, gradlaw.strategies; print([m for m in sys.modules if m.startswith('jax')])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
    control = "import sys, types; sys.modules['jax'] = types.ModuleType('jax'); " + program
    found = subprocess.run(
        [sys.executable, "-c", control], capture_output=True, text=True, check=True
    )
    assert "'jax'" in found.stdout


@pytest.mark.parametrize("x64", [False, True])
def test_all_formats_and_regions_draw_whether_x64_is_on_or_off(x64):
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", x64)
    try:
        for fmt in FLOAT_FORMATS.values():
            examples = sample(arguments({"x": (3,), "y": ()}, fmt, regions=tuple(REGIONS)), 10)
            assert all(
                leaf.dtype == fmt.numpy_dtype for each in examples for leaf in each.leaves.values()
            )
    except InvalidArgument as error:  # pragma: no cover - the failure this test is for
        pytest.fail(f"x64={x64}: {error}")
    finally:
        jax.config.update("jax_enable_x64", before)


def test_the_arrays_of_one_example_do_not_alias_those_of_the_next():
    first, second = sample(arrays((4,), FLOAT32), 2)
    assert not np.shares_memory(first, second)
