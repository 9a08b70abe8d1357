"""Changes of JAX's own source: made, planted and reported."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mutants.sources.edits import edits
from mutants.sources.modules import functions, is_rule, rules

SOURCE = '''
def rule(g, x, *, axis=0):
    """Not changed."""
    if axis > 1:
        raise ValueError(f"{axis + 1}")
    y = neg(mul(g, cos(x)))
    return y * 2.0, dot(x, y, precision=1)
'''


def changed() -> dict[str, str]:
    """Each change of the function above, by its kind and number."""
    found = {}
    (_, function), *_ = functions(ast.parse(SOURCE))
    for number in range(len(list(edits(function)))):
        tree = ast.parse(SOURCE)
        (_, copy), *_ = functions(tree)
        kind, _, edit = list(edits(copy))[number]
        edit()
        found[f"{kind} {number}"] = ast.unparse(ast.fix_missing_locations(tree))
    return found


def test_every_change_is_another_function() -> None:
    results = changed()
    assert len(set(results.values()) | {ast.unparse(ast.parse(SOURCE))}) == len(results) + 1
    kinds = {name.split()[0] for name in results}
    assert kinds >= {"comparison", "operator", "number", "integer", "function", "call", "arguments"}
    assert kinds >= {"keyword", "results"}
    assert all(
        'raise ValueError(f"{axis + 1}")' in text.replace("'", '"') for text in results.values()
    )


def test_a_branch_that_does_more_than_raise_is_negated() -> None:
    (_, function), *_ = functions(ast.parse("def f(x):\n    if x:\n        y = 1\n    return 2"))
    assert [kind for kind, _, _ in edits(function)] == ["branch", "integer", "integer"]


def test_rules_are_found_by_name_and_module() -> None:
    places = rules()
    assert len(places) > 300
    names = {(place.module, place.name) for place in places}
    assert ("interpreters.batching", "BatchTrace.process_primitive") in names
    assert ("lax.slicing", "_gather_transpose_rule") in names
    assert not is_rule("lax.lax", "_dot_general_shape_rule")
    assert is_rule("lax.slicing", "_gather_jvp_rule")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="it forks")
def test_changes_are_looked_for_by_the_nodes_that_run_them(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mutants.sources", str(tmp_path / "kept")]
    options = ["--nodes", "lax.s[iq]*-float32-exact", "--sample", "8", "--draw", "1"]
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parent), *sys.path])
    ran = subprocess.run(
        [*command, *options, "--seconds", "2"],
        env={**os.environ, "PYTHONPATH": path, "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "'reported'" in ran.stdout
    assert "8 changes of" in ran.stdout
