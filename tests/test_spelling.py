"""A function's source stands alone, and is the same function."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradlaw.conformance.bench.tame import tame_leaves
from gradlaw.conformance.cases.catalogue import FAMILIES, Entry
from gradlaw.conformance.cases.catalogue.entry import full_path
from gradlaw.conformance.spelling import Spelling, Unspellable, standalone

SOME = [
    found
    for name, family in FAMILIES.items()
    for place, found in enumerate(family)
    if found.case is not None and (name in {"custom_rules", "control_flow"} or place % 9 == 0)
]


def evaluated(source: str, name: str) -> Callable[..., Any]:
    scope: dict[str, Any] = {"jax": jax, "jnp": jnp, "np": np}
    exec(compile(source, "standalone", "exec"), scope)
    function: Callable[..., Any] = scope[name]
    return function


@pytest.mark.parametrize("found", SOME, ids=lambda found: found.name)
def test_source_gives_the_same_program(found: Entry) -> None:
    case = found.case
    assert case is not None
    function = evaluated(*standalone(case.function, full_path(found.path)))
    dtype = "float32" if "float32" in case.dtypes else case.dtypes[0]
    arguments = case.assemble(tame_leaves(case, dtype, seed=1))
    there, here = (str(jax.make_jaxpr(f)(*arguments)) for f in (function, case.function))
    assert there == here


def scaled(factor: Any) -> Callable[[Any], Any]:
    return lambda x: x * factor


def test_what_a_closure_holds_is_written() -> None:
    for factor in (2.5, float("inf"), 3 + 1j):
        assert evaluated(*standalone(scaled(factor)))(1.0) == factor
    array = np.array([[1.5, 2.0]])
    assert (evaluated(*standalone(scaled(array)))(1.0) == array).all()
    assert evaluated(*standalone(scaled(factor=2)))(3) != evaluated(*standalone(scaled(3)))(3)


def test_lambdas_of_one_line_are_told_apart() -> None:
    pair = (lambda x: x + 1), (lambda x: x - 1)
    assert [evaluated(*standalone(one))(1) for one in pair] == [2, 0]


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(Unspellable, match="object object"):
        standalone(scaled(object()))
    with pytest.raises(Unspellable, match="no source"):
        Spelling().function(len)


def test_a_script_imports_the_module_of_a_function() -> None:
    entries = [found for family in FAMILIES.values() for found in family]
    (found,) = (e for e in entries if e.name.endswith("Rotation(from_rotvec)"))
    assert found.case is not None
    source, _ = standalone(found.case.function, full_path(found.path))
    assert "import jax.scipy.spatial.transform" in source.splitlines()
    imports = "import jax\nimport jax.numpy as jnp\nimport numpy as np\n"
    subprocess.run([sys.executable, "-c", imports + source], check=True)
