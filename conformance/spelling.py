"""A function as source that stands alone: its closure, and what of its module it needs."""

from __future__ import annotations

import ast
import builtins
import copy
import dis
import enum
import importlib
import inspect
import math
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from jax.sharding import PartitionSpec

_PUBLIC = (
    "jax.numpy",
    "jax.lax",
    "jax",
    "jax.nn",
    "jax.scipy.special",
    "jax.scipy.linalg",
    "jax.random",
    "jax.numpy.linalg",
    "jax.tree",
    "jax.sharding",
)
"""Modules in which a function of JAX is looked for, the best known first."""


IMPORTED = {"jax": "jax", "jnp": "jax.numpy", "np": "numpy"}
"""Modules that every script imports, by the names that it gives them."""


class Unspellable(Exception):  # noqa: N818 (the caller says so in the script)
    """Something that no expression of Python's says."""


class Spelling:
    """Definitions that a function needs, in order.

    Attributes:
        definitions: statements, each after what it needs.
    """

    def __init__(self) -> None:
        self.definitions: list[str] = []
        self._names: dict[int, str] = {}
        self._globals: dict[str, Any] = {}

    def function(self, function: Any, path: str = "") -> str:
        """Define a function written in Python and give its name.

        Args:
            function: with source in a file.
            path: of the public function of JAX in its closure, where that is known.

        Raises:
            Unspellable: for what has no source, or refers to what cannot be written.
        """
        if id(function) in self._names:
            return self._names[id(function)]
        node = self._with_defaults(_node(function), function)
        self._define_globals(function)
        captured = inspect.getclosurevars(function).nonlocals
        own = name = getattr(node, "name", f"function_{len(self._names)}")
        if name in self._names.values():
            name = f"{own}_{len(self._names)}"
        self._names[id(function)] = name
        if path and "function" in captured:
            self._import(path)
        values = {
            key: path if path and key == "function" else self.value(value)
            for key, value in captured.items()
        }
        body = _stripped(node) if isinstance(node, ast.FunctionDef) else ""
        text = body or f"{name} = {ast.unparse(node)}"
        if captured or name != own:
            indented = "\n".join(f"    {line}" for line in text.splitlines())
            text = (
                f"def make_{name}({', '.join(values)}):\n{indented}\n    return {own}\n"
                f"{name} = make_{name}({', '.join(values.values())})"
            )
        self.definitions.append(text)
        return name

    def _import(self, path: str) -> None:
        """Import the module of a dotted path: some are no attributes until they are imported."""
        module, _, name = path.rpartition(".")
        while module and not _is_module(module):
            module, _, name = module.rpartition(".")
        line = f"import {module}"
        if name and module not in IMPORTED.values() and line not in self.definitions:
            self.definitions.append(line)

    def _with_defaults(
        self, node: ast.FunctionDef | ast.Lambda, function: Any
    ) -> ast.FunctionDef | ast.Lambda:
        """The definition, with the values of its arguments' defaults where they are named."""
        given = zip(node.args.defaults, function.__defaults__ or (), strict=True)
        values = [
            expression
            if isinstance(expression, ast.Constant)
            else ast.parse(self.value(value), mode="eval").body
            for expression, value in given
        ]
        node = copy.deepcopy(node)
        node.args.defaults = values
        return node

    def _define_globals(self, function: Any) -> None:
        module = inspect.getmodule(function)
        for name in sorted(global_names(function.__code__)):
            if hasattr(builtins, name) or not hasattr(module, name):
                continue
            value = getattr(module, name)
            if name in self._globals:
                if self._globals[name] is not value:
                    message = f"two values are called {name}"
                    raise Unspellable(message)
                continue
            self._globals[name] = value
            if isinstance(value, types.ModuleType):
                if IMPORTED.get(name) != value.__name__:
                    own = "" if value.__name__ == name else f" as {name}"
                    self.definitions.append(f"import {value.__name__}{own}")
            elif (spelled := self.value(value)) != name:
                self.definitions.append(f"{name} = {spelled}")

    def value(self, value: Any) -> str:
        """A value as an expression.

        Raises:
            Unspellable: if there is none.
        """
        match value:
            case enum.Enum():
                return f"{self._public(type(value))}.{value.name}"
            case float() if not math.isfinite(value):
                return f"float({str(value)!r})"
            case None | bool() | int() | float() | complex() | str():
                return repr(value)
            case slice():
                return f"slice({', '.join(map(self.value, (value.start, value.stop, value.step)))})"
            case np.ndarray() | np.generic():
                return f"np.array({value.tolist()!r}, dtype={value.dtype.name!r})"
            case PartitionSpec():
                return f"jax.sharding.PartitionSpec({', '.join(map(self.value, value))})"
            case tuple() | list() | Mapping():
                return self._container(value)
            case partial():
                keywords = "".join(f", {k}={self.value(v)}" for k, v in value.keywords.items())
                given = "".join(f", {self.value(v)}" for v in value.args)
                return f"__import__('functools').partial({self.value(value.func)}{given}{keywords})"
            case _ if value is Ellipsis:
                return "..."
        if (public := self._public(value, required=False)) is not None:
            return public
        if isinstance(value, types.FunctionType):
            return self.function(value, vars(value).get("path", ""))
        message = f"{value!r} is not written in a script"
        raise Unspellable(message)

    def _container(self, value: Any) -> str:
        if hasattr(value, "_fields"):
            parts = (f"{k}={self.value(v)}" for k, v in value._asdict().items())
            return f"{self._public(type(value))}({', '.join(parts)})"
        match value:
            case tuple():
                return "(" + "".join(f"{self.value(part)}, " for part in value) + ")"
            case list():
                return "[" + ", ".join(map(self.value, value)) + "]"
            case _:
                items = (f"{self.value(k)}: {self.value(v)}" for k, v in value.items())
                return "{" + ", ".join(items) + "}"

    def _public(self, value: Any, *, required: bool = True) -> str:
        name = getattr(value, "__name__", None) or getattr(value, "__qualname__", "")
        for path in _PUBLIC:
            module = importlib.import_module(path)
            if name and getattr(module, name, None) is value:
                return f"{path}.{name}"
        if required:
            message = f"{value!r} is no public name"
            raise Unspellable(message)
        return None  # type: ignore[return-value]


def _is_module(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text(encoding="utf-8"))


def _node(function: Any) -> ast.FunctionDef | ast.Lambda:
    """Where a function is defined."""
    code = getattr(function, "__code__", None)
    if code is None or not Path(code.co_filename).is_file():
        message = f"{function!r} has no source"
        raise Unspellable(message)
    found: list[ast.FunctionDef | ast.Lambda] = [
        node
        for node in ast.walk(_tree(code.co_filename))
        if isinstance(node, ast.FunctionDef | ast.Lambda)
        and code.co_firstlineno in _first_lines(node)
        and getattr(node, "name", "<lambda>") == code.co_name
    ]
    same = [node for node in found if _compiled(node) == (code.co_code, _plain(code.co_consts))]
    chosen = same or found
    if not chosen:
        message = f"{function!r} was not found in its file"
        raise Unspellable(message)
    return chosen[0]


def _first_lines(node: ast.FunctionDef | ast.Lambda) -> Sequence[int]:
    decorators = getattr(node, "decorator_list", [])
    return [node.lineno, *(decorator.lineno for decorator in decorators)]


def _compiled(node: ast.FunctionDef | ast.Lambda) -> Any:
    if isinstance(node, ast.FunctionDef):
        return None
    code = compile(ast.Expression(body=node), "", "eval").co_consts[0]
    return code.co_code, _plain(code.co_consts)


def _plain(constants: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(c for c in constants if not isinstance(c, types.CodeType))


class _Unannotated(ast.NodeTransformer):
    """Assignments without their annotations."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign([node.target], node.value), node)


def _stripped(node: ast.FunctionDef) -> str:
    """A function without its docstring and annotations."""
    copied = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(copied, ast.FunctionDef)
    for inner in ast.walk(copied):
        if isinstance(inner, ast.FunctionDef):
            inner.returns = None
        elif isinstance(inner, ast.arg):
            inner.annotation = None
    if len(copied.body) > 1 and ast.get_docstring(copied):
        del copied.body[0]
    return ast.unparse(ast.fix_missing_locations(_Unannotated().visit(copied)))


def global_names(code: types.CodeType) -> set[str]:
    """The global names that a code loads, and the codes within it."""
    names = {i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"}
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return names.union(*(global_names(one) for one in inner))


def standalone(function: Callable[..., Any], path: str = "") -> tuple[str, str]:
    """A function's definitions and its name in them.

    Args:
        function: written in Python.
        path: of the public function of JAX that its closure calls ``function``.

    Raises:
        Unspellable: where it cannot be written.
    """
    spelling = Spelling()
    name = spelling.function(function, path)
    return "\n".join(spelling.definitions), name


def expression(function: Callable[..., Any]) -> str:
    """What a lambda returns, as it is written, in one line.

    Raises:
        Unspellable: where it is no lambda, or has no source.
    """
    node = _node(function)
    if not isinstance(node, ast.Lambda):
        message = f"{function!r} is no lambda"
        raise Unspellable(message)
    return ast.unparse(node.body)
