"""Small changes of a function's source: operators, comparisons, constants, calls, statements."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

Edit = Callable[[], None]
"""Changes the tree that it was made from, in place."""

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
CALLS = {
    "add": "sub",
    "sub": "add",
    "mul": "div",
    "div": "mul",
    "max": "min",
    "min": "max",
    "gt": "ge",
    "ge": "gt",
    "lt": "le",
    "le": "lt",
    "eq": "ne",
    "ne": "eq",
    "any": "all",
    "sin": "cos",
    "cos": "sin",
    "sinh": "cosh",
    "cosh": "sinh",
    "log": "log1p",
    "exp": "expm1",
    "sqrt": "rsqrt",
    "rsqrt": "sqrt",
    "real": "imag",
    "imag": "real",
    "_zeros": "_ones",
    "_ones": "_zeros",
    "full_like": "zeros_like",
    "tril": "triu",
    "triu": "tril",
    "moveaxis": "swapaxes",
    "cumsum": "cumprod",
    "all": "any",
}
"""Functions that stand in each other's place."""

DROPPED = frozenset(
    [
        "neg",
        "conj",
        "sign",
        "square",
        "abs",
        "stop_gradient",
        "reciprocal",
        "log",
        "exp",
        "sqrt",
        "transpose",
        "rev",
        "flip",
    ]
)
"""Functions of which the argument itself may be left."""

TENTH_DIGIT = 1 + 2.0**-30


def edits(function: ast.AST) -> Iterator[tuple[str, ast.AST, Edit]]:
    """Every change of a function's body: its kind, where it is, and how it is made.

    What is raised, asserted or written in messages is left as it is.
    """
    body = getattr(function, "body", [])
    nodes = [
        node for part in (body if isinstance(body, list) else [body]) for node in ast.walk(part)
    ]
    said = {
        id(inner)
        for node in nodes
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr)
        for inner in ast.walk(node)
    }
    for node in nodes:
        if id(node) not in said:
            for kind, edit in _of_node(node):
                yield kind, node, edit


def _of_node(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    match node:
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            yield "operator", lambda: setattr(node, "op", OPERATORS[type(op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield "sign", lambda: _become(node, operand)
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield "comparison", lambda: setattr(node, "ops", [COMPARISONS[type(op)]()])
        case ast.Constant(value=bool(value)):
            yield "truth value", lambda: setattr(node, "value", not value)
        case ast.Constant(value=int(value)):
            yield "integer", lambda: setattr(node, "value", value + 1)
        case ast.Constant(value=float(value)):
            yield "number", lambda: setattr(node, "value", value * TENTH_DIGIT if value else 1e-9)
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield "connective", lambda: setattr(node, "op", other())
        case ast.IfExp(test=test):
            yield "choice", lambda: setattr(node, "test", _negated(test))
        case ast.If(test=test, body=body) if not all(isinstance(s, ast.Raise) for s in body):
            yield "branch", lambda: setattr(node, "test", _negated(test))
        case ast.Call():
            yield from _of_call(node)
        case ast.Return(value=ast.Tuple(elts=[first, second]) as pair):
            yield "results", lambda: setattr(pair, "elts", [second, first])
        case ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield "statement", lambda: _become(node, ast.Pass())


def _of_call(node: ast.Call) -> Iterator[tuple[str, Edit]]:
    match node.func:
        case ast.Name(id=name):
            part = "id"
        case ast.Attribute(attr=name):
            part = "attr"
        case _:
            return
    if name in CALLS:
        yield "function", lambda: setattr(node.func, part, CALLS[name])
    if name in DROPPED and node.args:
        yield "call", lambda: _become(node, node.args[0])
    if len(node.args) == 2 and not any(isinstance(a, ast.Starred) for a in node.args):
        yield "arguments", node.args.reverse
    for place, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield "keyword", lambda place=place: node.keywords.pop(place)  # type: ignore[misc]


def _negated(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _become(node: ast.AST, other: ast.AST) -> None:
    """Put another node in a node's place."""
    placed = ast.copy_location(copy.copy(other), node)
    node.__class__ = placed.__class__  # type: ignore[assignment]
    node.__dict__.clear()
    node.__dict__.update(placed.__dict__)
