"""A tutorial's snippets, each with the output that stands under it, as claims."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import jax
import numpy as np
import sympy
from flint import arb, ctx

from gradlaw.conformance.claims.behaviours import error_of
from gradlaw.conformance.claims.claim import Answer, Claim, Kind
from gradlaw.conformance.pitfalls.snippet import PREAMBLE, Snippet
from gradlaw.oracles.domains.exact import Exact
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import Reader
from gradlaw.oracles.tracing import traced

PRECISION = 200
"""Bits in which what is true is found."""

NARROW = 2.0**-40
"""The relative radius of a ball that is as good as a point beside float32; numbers that a traced
function closes over, other than short ones, stand for all that round to them, and make it wider."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A snippet, and the output that a tutorial shows under it.

    Attributes:
        name: unique in the tutorial; names the pytest node.
        statement: what it shows, in a sentence.
        code: the snippet; runs after ``import jax``, ``import jax.numpy as jnp`` and ``import
            numpy as np``. Its last line is an expression, what is printed; in a *number* that
            line does the whole computation, as its roundings are read from its program.
        output: as printed, brackets and all; of a *shape* that of the array, of a *truth* True or
            False, of an *error* the exception's class.
        truth: what is true, as an expression. For a *number* it runs after the snippet's other
            lines, with `traced` and `sympy` beside their names, and asks JAX for no derivative: it
            gives balls of a traced oracle, or numbers of SymPy, nested like the output. Otherwise
            it is written like the output.
        reason: why that is true, in a sentence.
        kind: as that of a claim; all but *count*.
    """

    name: str
    statement: str
    code: str
    output: str
    truth: str
    reason: str = ""
    kind: Kind = "number"


def tutorial(key: str, title: str, source: str, *shown: Shown) -> tuple[Claim, ...]:
    """The claims of a tutorial.

    Args:
        key: one word, with which the claims' names begin.
        title: of the document.
        source: its address, at a fixed version.
        shown: its snippets.
    """
    return tuple(_claim(key, f"{title}, {source}", each) for each in shown)


def _claim(key: str, document: str, shown: Shown) -> Claim:
    name = f"{key}-{shown.name}"
    snippet = Snippet(shown.code, name)
    return Claim(
        name=name,
        document=document,
        statement=shown.statement,
        kind=shown.kind,
        stated=_READ[shown.kind](shown.output),
        oracle=lambda: _answer(shown, snippet),
        jax=lambda: _SEEN[shown.kind](snippet),
        leeway=(lambda: leeway(snippet)) if shown.kind == "number" else None,
        code=PREAMBLE + shown.code,
    )


def _answer(shown: Shown, snippet: Snippet) -> Answer:
    if shown.kind != "number":
        return Answer(value=_READ[shown.kind](shown.truth), reason=shown.reason)
    names = {**snippet.begin().names, "traced": traced, "sympy": sympy}
    with ctx.workprec(PRECISION):
        value = _nested(eval(shown.truth, names), _exact)  # noqa: S307, RUF100 - our own data
    return Answer(value=value, reason=shown.reason)


def numerals(output: str) -> object:
    """The numerals of a printed number or array, nested as its brackets are.

    Raises:
        ValueError: something else than numerals is printed.
    """
    text = re.sub(r"[^\s,()\[\]]+", lambda found: f"{_numeral(found[0])!r},", output)
    closed = re.sub(r"[\])]", "),", re.sub(r"[\[(]", "(", re.sub(r"(?<!'),", " ", text)))
    (value,) = ast.literal_eval(f"({closed.strip()})")
    return value


def _numeral(word: str) -> str:
    float(word)
    return f"{word}0" if word.endswith(".") else word


_READ: dict[Kind, Callable[[str], object]] = {
    "number": numerals,
    "shape": lambda output: (ast.literal_eval(output),),
    "truth": ast.literal_eval,
    "error": str,
}
"""What an output says."""

_SEEN: dict[Kind, Callable[[Snippet], object]] = {
    "number": lambda snippet: _nested(snippet.value(), np.asarray),
    "shape": lambda snippet: tuple(np.shape(leaf) for leaf in jax.tree.leaves(snippet.value())),
    "truth": lambda snippet: bool(np.all(np.asarray(snippet.value()))),
    "error": lambda snippet: error_of(snippet.value),
}
"""What JAX makes of a snippet."""


def leeway(snippet: Snippet) -> object:
    """How far rounding may carry what a snippet's last line computes, nested like its value.

    It is read from the line's own program: every result of a correct backend lies so near to the
    program's exact value, whatever that is. What is true is asked elsewhere.

    Raises:
        ValueError: the line computes nothing, or there is no bound for what it computes.
    """
    names = snippet.begin().names
    program, form = jax.make_jaxpr(lambda: eval(snippet.last, names), return_shape=True)()
    if not program.jaxpr.eqns:
        raise ValueError(f"the last line of {snippet.name} computes nothing")
    with ctx.workprec(PRECISION):
        centres = Reader(Exact()).read(program, [])
        balls = Reader(Rounded(jax.default_backend())).read(program, [])
        found = [np.frompyfunc(_radius, 2, 1)(*pair) for pair in zip(balls, centres, strict=True)]
    return _nested(jax.tree.unflatten(jax.tree.structure(form), found), lambda radius: radius)


def _radius(ball: arb, centre: arb) -> Fraction:
    bound = (ball.rad() + abs(ball.mid() - centre)).upper()
    if not bound.is_finite():
        raise ValueError("there is no bound for what rounding may do")
    return _fraction(bound)


def _exact(leaf: Any) -> Any:
    """A number of SymPy: a ball's midpoint, where the ball is as good as a point."""
    if not isinstance(leaf, arb):
        return sympy.sympify(leaf)
    if not leaf.rad() <= abs(leaf.mid()) * NARROW:
        raise ValueError(f"{leaf} is too wide: give what the function closes over as arguments")
    found = _fraction(leaf.mid())
    return sympy.Rational(found.numerator, found.denominator)


def _fraction(point: arb) -> Fraction:
    significand, exponent = point.man_exp()
    return Fraction(int(significand)) * Fraction(2) ** int(exponent)


def _nested(tree: Any, leaf: Callable[[Any], Any]) -> object:
    """Nested tuples of numbers: of a tree's leaves, and of their rows."""
    if isinstance(tree, dict):
        return tuple(_nested(tree[key], leaf) for key in tree)
    if isinstance(tree, tuple | list):
        return tuple(_nested(part, leaf) for part in tree)
    if np.ndim(tree):
        return tuple(_nested(row, leaf) for row in tree)
    return leaf(tree.item() if isinstance(tree, np.ndarray) and tree.dtype == object else tree)
