"""The modules of JAX that hold rules, and which of their functions are rules.

They are private modules, by their names: tried on 0.10.2; what a release lacks is left out.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

MODULES = (
    *(f"lax.{name}" for name in ("lax", "slicing", "linalg", "special", "convolution", "fft")),
    *("lax.windowed_reductions", "lax.control_flow.loops", "lax.control_flow.conditionals"),
    *("lax.control_flow.solves", "lax.other", "lax.ann", "lax.parallel", "shard_map", "pjit"),
    *("interpreters.ad", "interpreters.batching", "interpreters.partial_eval", "api"),
    *("custom_derivatives", "custom_batching", "ad_checkpoint", "nn.functions"),
    *("numpy.lax_numpy", "numpy.ufuncs", "numpy.linalg", "scipy.special", "state.primitives"),
)

WHOLE = {"interpreters.ad", "interpreters.batching", "custom_derivatives", "ad_checkpoint", "api"}
"""Modules of which every function takes part in differentiation or in batching."""

_RULE = re.compile(r"jvp|transpose|batch|vjp|grad|tangent|_bwd|_fwd|linear|partial_eval|<lambda>")
_OTHER = re.compile(
    r"lower|shape_rule|dtype_rule|shard|partition|infer|memory|error|check|pp_rule|ur_rule|abstract"
)


@dataclass(frozen=True, order=True)
class Place:
    """A function of JAX: its module, its name, and where it begins."""

    module: str
    name: str
    line: int
    column: int


@cache
def loaded(module: str) -> tuple[ModuleType, str] | None:
    """A module of ``jax._src`` with its source; None where the release lacks it."""
    try:
        found = importlib.import_module(f"jax._src.{module}")
    except ImportError:
        return None
    return found, inspect.getsource(found)


Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """The outermost functions of a module, methods and lambdas included, by their names."""
    for child in ast.iter_child_nodes(tree):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield prefix + child.name, child
            case ast.Lambda():
                yield f"{prefix}<lambda>", child
            case ast.ClassDef():
                yield from functions(child, f"{prefix}{child.name}.")
            case _:
                yield from functions(child, prefix)


def is_rule(module: str, name: str) -> bool:
    """Whether a function differentiates or batches, as its name or its module says."""
    return (module in WHOLE or bool(_RULE.search(name))) and not _OTHER.search(name)


@cache
def rules() -> tuple[Place, ...]:
    """The functions of the installed release that are rules."""
    found = []
    for module in MODULES:
        if (held := loaded(module)) is not None:
            found += [
                Place(module, name, function.lineno, function.col_offset)
                for name, function in functions(ast.parse(held[1]))
                if is_rule(module, name)
            ]
    return tuple(found)
