"""A script that shows one fault and needs only JAX and NumPy."""

from __future__ import annotations

import ast
import base64
import inspect
import textwrap
import types
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jax.sharding import PartitionSpec

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.laws import Law
from gradlaw.conformance.number_types import (
    array_dtype,
    is_complex,
    is_wide,
    wide_dtype,
    widened,
)
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.spelling import Unspellable, global_names, standalone

_MOST_LISTED = 200
"""Longer arrays are packed."""


_DEVICES = 'import os\nos.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"'
"""For programs of several devices; JAX must be told before it is imported."""


def reproducer(case: Case, law: Law, plan: Plan, example: Example, dtype: str, lines: str) -> str:
    """A script that calls the law on the example and prints what came.

    Args:
        dtype: as in the node.
        lines: what the script says of the expected value, as comments.
    """
    sources, imports = [_source(case.function)], set[str]()
    name = _name(case.function)
    for tree in case.trees:
        if isinstance(tree, tuple) and hasattr(tree, "_fields"):
            sources.append(inspect.getsource(type(tree)))
            imports.add("from typing import Any, NamedTuple")
    arguments = ", ".join(
        _spelled(tree, lambda name: _number(example.leaves[name], dtype)) for tree in case.trees
    )
    parts = [
        "from __future__ import annotations",
        _DEVICES if case.only_read else "",
        *sorted({"import jax", "import jax.numpy as jnp", "import numpy as np", *imports}),
        'jax.config.update("jax_enable_x64", True)' if is_wide(dtype) else "",
        plan.preamble,
        *dict.fromkeys(step.source for step in law.steps if step.spelled_out),
        *sources,
        f"law = {spell(law, name, plan, case)}",
        f"arguments = ({arguments},)",
        "print(law(*arguments))",
        textwrap.indent(lines, "# "),
    ]
    return "\n".join(part for part in parts if part) + "\n"


def spell(law: Law, function: str, plan: Plan, case: Case) -> str:
    """The law as it is written in JAX."""
    axes, spelled, order = plan.axes(case), function, 0
    for step in law.steps:
        options = step.options(axes, differentiated=order > 0)
        if "in_axes" in options:
            options["in_axes"] = Written(_axes(axes.in_axes))
        if "mesh" in options:
            options["mesh"] = Written("mesh")
        for name in options.keys() & {"in_specs", "out_specs"}:
            options[name] = Written(_spelled(options[name], repr))
        told = "".join(f", {name}={value!r}" for name, value in options.items())
        spelled = f"{step.spelled or step.written.__name__}({spelled}{told})"
        order += step.order
    return spelled


class Written(str):
    """An expression, as it is written."""

    __slots__ = ()

    __repr__ = str.__str__


def _axes(in_axes: tuple[Any, ...] | None) -> str:
    trees = ", ".join(_spelled(tree, repr) for tree in in_axes or ())
    return f"({trees},)"


def _spelled(tree: Any, leaf: Callable[[Any], str]) -> str:
    """A pytree as a Python expression."""
    match tree:
        case PartitionSpec():  # a tuple itself, until JAX 0.8
            return f"PartitionSpec({', '.join(map(repr, tree))})"
        case dict():
            return "{" + ", ".join(f"{key!r}: {_spelled(t, leaf)}" for key, t in tree.items()) + "}"
        case list():
            return "[" + ", ".join(_spelled(t, leaf) for t in tree) + "]"
        case tuple() if hasattr(tree, "_fields"):
            return f"{type(tree).__name__}({', '.join(_spelled(t, leaf) for t in tree)})"
        case tuple():
            return "(" + "".join(f"{_spelled(t, leaf)}, " for t in tree) + ")"
        case _:
            return leaf(tree)


def _number(array: np.ndarray[Any, Any], dtype: str) -> str:
    name, numbers = array_dtype(dtype), widened(array)
    if dtype == "python" and array.ndim == 0:
        return repr(float(array))
    if array.size <= _MOST_LISTED:
        return f"jnp.array({_listed(numbers)}, dtype={name!r})".replace("inf", "jnp.inf") + (
            f".reshape({array.shape})" if array.size == 0 else ""
        )
    packed = base64.b85encode(zlib.compress(numbers.tobytes(), 9)).decode()
    imports = "__import__"
    kind = f", {wide_dtype(dtype)!r}" if is_complex(dtype) else ""
    return (
        f"jnp.asarray(np.frombuffer({imports}('zlib').decompress({imports}('base64')"
        f".b85decode({packed!r})){kind}).reshape({array.shape}), dtype={name!r})"
    )


def _listed(numbers: np.ndarray[Any, Any]) -> str:
    """Nested lists; complex numbers by their parts, since ``-0.0 + 1j`` has lost a sign."""
    if numbers.dtype.kind != "c":
        return str(numbers.tolist())
    written = np.array(
        [f"complex({z.real!r}, {z.imag!r})" for z in numbers.reshape(-1).tolist()], dtype=object
    )
    return str(written.reshape(numbers.shape).tolist()).replace("'", "")


def _name(function: Callable[..., Any]) -> str:
    """What the script calls the function: as its module does, where that is no function's name."""
    module = None if isinstance(function, types.FunctionType) else inspect.getmodule(function)
    for name, value in vars(module).items() if module is not None else ():
        if value is function:
            return name
    return getattr(function, "__name__", "function").replace("<lambda>", "function")


def _source(function: Callable[..., Any]) -> str:
    """The source of a function, or of its module where it needs more of that.

    What is no function of Python's, such as a function with a rule of its own, is made by a module.
    """
    if not isinstance(function, types.FunctionType):
        module = inspect.getmodule(function)
        if module is not None and getattr(module, _name(function), None) is function:
            return _of_module(module)
        return f"# The function's source cannot be given: no module has {function!r} by its name"
    if function.__closure__:
        try:
            return standalone(function, getattr(function, "path", ""))[0]
        except Unspellable as unspellable:
            return f"# The function's source cannot be given: {unspellable}"
    module = inspect.getmodule(function)
    needs = [getattr(module, name, None) for name in global_names(function.__code__)]
    own = [need for need in needs if need is not None and not isinstance(need, types.ModuleType)]
    if own and module is not None:
        return _of_module(module)
    if function.__name__ == "<lambda>":
        return f"function = {_lambda(inspect.getsource(function))}"
    return inspect.getsource(function)


def _of_module(module: types.ModuleType) -> str:
    return inspect.getsource(module).replace("from __future__ import annotations\n", "")


def _lambda(source: str) -> str:
    """The lambda expression in the lines where it stands."""
    start = source.index("lambda")
    for end in range(len(source), start, -1):
        try:
            ast.parse(f"({source[start:end]})", mode="eval")
        except SyntaxError:
            continue
        return source[start:end].strip()
    return source


def printed(leaves: Mapping[str, Any]) -> str:
    """Arguments, shortened, for the eye."""
    parts = []
    for name, array in leaves.items():
        numbers = widened(array)
        text = np.array2string(numbers, precision=17, threshold=12, floatmode="unique")
        parts.append(f"{name}: {array.dtype}{list(array.shape)} = {text}")
    return "\n".join(parts)
