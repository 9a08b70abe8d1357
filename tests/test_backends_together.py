"""The same numbers on two platforms, of which one is a CPU by another name."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.core import Tracer

from gradlaw.conformance.cases import case_named
from gradlaw.conformance.devices import backends
from gradlaw.conformance.devices.backends import (
    PRECISIONS,
    BackendsExamination,
    Precision,
    at_precision,
)
from gradlaw.conformance.distances import places_apart
from gradlaw.conformance.laws import Law
from gradlaw.conformance.profiles import Profile
from gradlaw.reports import read_report
from gradlaw.reports.record import Record

Change = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]


@pytest.fixture
def on_gpu(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Let the platform ``gpu`` be the CPU, whose compiled results become others there."""
    here = [""]

    @contextmanager
    def first_device_of(platform: str) -> Iterator[None]:
        here[0] = platform
        with jax.default_device(jax.devices("cpu")[0]):
            yield
        here[0] = ""

    def plant(change: Change) -> None:
        true: Any = jax.jit

        def faulty(function: Any, **options: Any) -> Any:
            compiled = true(function, **options)

            def call(*arguments: Any) -> Any:
                results = compiled(*arguments)
                traced = any(isinstance(x, Tracer) for x in jax.tree.leaves(results))
                if traced or here[0] != "gpu":
                    return results
                return jax.tree.map(lambda x: jnp.asarray(change(np.asarray(x))), results)

            return call

        monkeypatch.setattr(backends, "first_device_of", first_device_of)
        monkeypatch.setattr(jax, "jit", faulty)

    return plant


def examined(precision: Precision = "default", dtype: str = "float32") -> Record:
    return BackendsExamination(
        case=replace(case_named("squared_error_dot"), regions=("ordinary",)),
        law=Law(name="jit(grad)"),
        dtype=dtype,
        backend="cpu",
        backends=("cpu", "gpu"),
        precision=precision,
        seed=0,
        profile=Profile(plans=1, examples=4),
        passed=1,
    ).record()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_same_results_are_nothing_apart(
    on_gpu: Callable[[Change], None], precision: Precision
) -> None:
    on_gpu(lambda array: array)
    record = examined(precision)
    assert record.verdict == "conforms", record.failures
    assert record.device is not None
    assert record.device.backends == ("cpu", "gpu")
    assert record.device.apart == {"cpu and gpu": 0.0}
    assert record.law is not None
    assert record.law.components > 0


def test_what_rounding_allows_is_told_and_no_failure(on_gpu: Callable[[Change], None]) -> None:
    on_gpu(lambda array: np.nextafter(array, np.asarray(np.inf, array.dtype)))
    record = examined()
    assert record.verdict == "conforms", record.failures
    assert record.device is not None
    apart = record.device.apart["cpu and gpu"]
    assert apart is not None
    assert 0 < apart <= 1


def test_a_platform_has_rounding_rules_of_its_own(on_gpu: Callable[[Change], None]) -> None:
    """Float32 products of 11 significant bits are a GPU's; its float64 products have them all."""
    on_gpu(lambda array: (array * (1 + 2.0**-14)).astype(array.dtype))
    assert examined().verdict == "conforms"
    assert examined(dtype="float64").verdict == "wrong number"


def test_a_platform_that_computes_something_else_is_named(
    on_gpu: Callable[[Change], None],
) -> None:
    on_gpu(lambda array: array * np.float32(1.5))
    record = examined()
    assert record.verdict == "wrong number"
    assert record.failures[0].explanation.startswith("on gpu: ")
    assert record.device is not None
    assert (record.device.apart["cpu and gpu"] or 0) > 1e5


def test_distances_between_platforms() -> None:
    one = np.array([1.0, 3.0, np.nan, np.inf], np.float32)
    assert places_apart(one, one) == 0
    assert places_apart(one[:3], np.nextafter(one[:3], np.float32(9))) == 1
    assert places_apart(one[:1], np.array([np.inf], np.float32)) == np.inf
    assert places_apart(one, one.astype(np.float64)) == np.inf


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_precision_is_that_of_the_derivative_too(precision: Precision) -> None:
    case = at_precision(case_named("squared_error_dot"), precision)
    x = jnp.ones(3)
    program = str(jax.make_jaxpr(jax.grad(case.function))((x, 1.0), x, 1.0))
    assert ("Precision.HIGHEST" in program) == (precision == "highest")
    assert ("Precision.HIGH," in program) == (precision == "high")


def test_a_run_with_two_platforms_compares_them(tmp_path: Path) -> None:
    """The whole way: options, nodes, records, report."""
    here = Path(__file__).parent
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(here), str(here.parent), *sys.path]),
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        "JAX_PLATFORMS": "cpu",
    }
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-n0", "-p", "mutants.two_platforms"),
            *("conformance/test_backends.py", "-k", "squared_error_dot"),
            *("--backend", "cpu", "--backend", "gpu", "--report", str(tmp_path)),
            *("--profile", "quick", "--cache-dir", str(tmp_path / "cache")),
        ],
        cwd=here.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    records = read_report(tmp_path / "report.json").records
    assert len(records) == 2 * len(PRECISIONS)
    for record in records:
        assert record.room == "device"
        assert record.device is not None
        assert record.device.backends == ("cpu", "gpu")
        assert set(record.device.apart) == {"cpu and gpu"}
