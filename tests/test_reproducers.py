"""A failure's script stands alone, whatever kind of callable the case's function is."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from mutants.planted import array_case

from gradlaw.conformance.examining import Examination
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.profiles import Profile


@jax.custom_jvp
def doubled(x: Any) -> Any:
    """A sum with twice its derivative."""
    return jnp.sum(x)


@doubled.defjvp
def _doubled_rule(primals: Any, tangents: Any) -> Any:
    return doubled(*primals), 2 * jnp.sum(tangents[0])


compiled = jax.jit(doubled)


def script(function: Any) -> str:
    """The script of its smallest failing example."""
    found = Examination(
        case=array_case(function, regions=("ordinary",), min_size=1, max_size=3),
        law=law_named("grad"),
        dtype="float32",
        backend="cpu",
        seed=0,
        profile=Profile(plans=1, examples=3),
    ).record()
    assert found.verdict == "wrong rule"
    return found.failures[0].reproducer


@pytest.mark.parametrize("function", [doubled, compiled])
def test_the_script_of_a_module_s_own_callable_shows_the_fault(function: Any) -> None:
    text = script(function)
    done = subprocess.run(
        [sys.executable, "-c", text.replace("from mutants.planted import array_case", "")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2." in done.stdout, done.stderr


@pytest.mark.parametrize("function", [partial(doubled), jax.jit(lambda x: 2 * doubled(x))])
def test_a_callable_without_a_name_is_said_to_have_no_source(function: Any) -> None:
    assert "source cannot be given" in script(function)
