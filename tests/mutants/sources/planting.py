"""A changed function in the place of JAX's own: its code is exchanged, wherever it is held."""

from __future__ import annotations

import ast
import difflib
import gc
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType

from mutants.sources.edits import edits
from mutants.sources.modules import Function, Place, functions, loaded

MARK = "_mutants_mark"
"""What a marked function calls, with its number."""


def changes(place: Place) -> list[tuple[str, int]]:
    """The kinds of all changes of a function, with their lines, in order."""
    _, function = _parsed(place)
    return [(kind, getattr(node, "lineno", place.line)) for kind, node, _ in edits(function)]


def plant(place: Place, number: int) -> str:
    """Change a function, in this process for good.

    Args:
        place: of the function.
        number: of the change, as in :func:`changes`.

    Returns:
        The lines that differ.

    Raises:
        LookupError: nobody holds the function.
    """
    tree, function = _parsed(place)
    before = ast.unparse(function)
    *_, edit = list(edits(function))[number]
    edit()
    if not _exchanged(place.module, ast.fix_missing_locations(tree)):
        message = f"nobody holds {place.name} of jax._src.{place.module}"
        raise LookupError(message)
    differing = difflib.unified_diff(before.split("\n"), ast.unparse(function).split("\n"), n=0)
    return " ".join(
        line for line in differing if line[:1] in "+-" and line[:3] not in {"+++", "---"}
    )


def mark(places: list[Place], seen: Callable[[int], None]) -> None:
    """Let each function tell that it runs, by its number in the list."""
    for module in dict.fromkeys(place.module for place in places):
        held = loaded(module)
        assert held is not None
        tree = ast.parse(held[1])
        for name, function in functions(tree):
            place = Place(module, name, function.lineno, function.col_offset)
            if place in places:
                _marked(function, places.index(place))
        setattr(held[0], MARK, seen)
        _exchanged(module, ast.fix_missing_locations(tree))


def _marked(function: Function, number: int) -> None:
    call = ast.Call(ast.Name(MARK, ast.Load()), [ast.Constant(number)], [])
    if isinstance(function, ast.Lambda):
        both = ast.Tuple([call, function.body], ast.Load())
        function.body = ast.Subscript(both, ast.Constant(1), ast.Load())
    else:
        documented = ast.get_docstring(function, clean=False) is not None
        function.body.insert(int(documented), ast.Expr(call))


def _parsed(place: Place) -> tuple[ast.Module, Function]:
    held = loaded(place.module)
    assert held is not None
    tree = ast.parse(held[1])
    for name, function in functions(tree):
        if (name, function.lineno, function.col_offset) == (place.name, place.line, place.column):
            return tree, function
    raise LookupError(place)


def _exchanged(module: str, changed: ast.Module) -> int:
    """How many functions have other code now, as the changed source of their module says."""
    held = loaded(module)
    assert held is not None
    file = str(held[0].__file__)
    others = list(_differing(_compiled(ast.parse(held[1]), file), _compiled(changed, file)))
    count = 0
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename == file:
            for old, new in others:
                if function.__code__ == old:
                    function.__code__ = new
                    count += 1
                    break
    return count


def _compiled(tree: ast.Module, file: str) -> CodeType:
    code = compile(tree, file, "exec", dont_inherit=True)
    assert isinstance(code, CodeType)
    return code


def _differing(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The code objects that differ, with what stands in their place."""
    if old == new:
        return
    if old.co_freevars == new.co_freevars:
        yield old, new
    inner = [[c for c in code.co_consts if isinstance(c, CodeType)] for code in (old, new)]
    if len(inner[0]) == len(inner[1]):
        for pair in zip(*inner, strict=True):
            yield from _differing(*pair)
