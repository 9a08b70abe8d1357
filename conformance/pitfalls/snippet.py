"""A misuse as code: what comes before its last line, what that calls, and with what."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Any

PREAMBLE = "import jax\nimport jax.numpy as jnp\nimport numpy as np\n\n"
"""What a misuse's code needs in front of it to be run as it stands."""


@dataclass(frozen=True)
class Snippet:
    """Code whose last line is an expression.

    Attributes:
        code: the code.
        name: stands for a file's name in tracebacks.

    Raises:
        ValueError: by each use, where the last line is no expression.
    """

    code: str
    name: str

    def begin(self) -> Started:
        """Run all but the last line, in a namespace of its own."""
        names: dict[str, Any] = {}
        exec(self._before, names)
        return Started(names=names, snippet=self)

    def value(self) -> object:
        """Run all of it and return the last line's value."""
        return eval(self.last, self.begin().names)

    @cached_property
    def _lines(self) -> tuple[list[ast.stmt], ast.expr]:
        *lines, last = ast.parse(PREAMBLE + self.code).body
        if not isinstance(last, ast.Expr):
            raise ValueError(f"the last line of {self.name} is no expression")
        return lines, last.value

    @cached_property
    def _before(self) -> CodeType:
        return compile(ast.Module(self._lines[0], []), f"<{self.name}>", "exec")

    def _compiled(self, expression: ast.expr) -> CodeType:
        whole = ast.fix_missing_locations(ast.Expression(expression))
        return compile(whole, f"<{self.name}>", "eval")

    @cached_property
    def last(self) -> CodeType:
        """The last line."""
        return self._compiled(self._lines[1])

    @cached_property
    def call(self) -> tuple[CodeType, CodeType, CodeType] | None:
        """What the last line calls, its arguments, and those with keywords; None if no call."""
        last = self._lines[1]
        if not isinstance(last, ast.Call):
            return None
        keywords = ast.Dict(
            [ast.Constant(each.arg) for each in last.keywords],
            [each.value for each in last.keywords],
        )
        arguments = ast.Tuple(last.args, ast.Load())
        return self._compiled(last.func), self._compiled(arguments), self._compiled(keywords)


@dataclass(frozen=True)
class Started:
    """A snippet with all but its last line run."""

    names: dict[str, Any]
    snippet: Snippet

    def called(self) -> Callable[..., object]:
        """Make what the last line calls; of a line that is no call, a function that runs it."""
        call = self.snippet.call
        if call is None:
            return lambda: eval(self.snippet.last, self.names)
        made: Callable[..., object] = eval(call[0], self.names)
        return made

    def arguments(self) -> tuple[tuple[object, ...], Mapping[str, object]]:
        """The last line's arguments, and those with keywords."""
        call = self.snippet.call
        if call is None:
            return (), {}
        return eval(call[1], self.names), eval(call[2], self.names)
