"""Signatures: the core shapes of a function's leaves, in text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis.errors import InvalidArgument

Structure: TypeAlias = "int | tuple[Structure, ...]"
"""A leaf's index, or a group of structures."""

_TOKEN = re.compile(r"\s*(->|[(),]|\*?[A-Za-z_]\w*|\d+|\S)")
_DIMENSION = re.compile(r"\*?[A-Za-z_]\w*|\d+")


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The core shapes of a function's arguments and results.

    The notation is that of NumPy's generalized ufuncs, with arguments that nest: an
    innermost pair of parentheses is a leaf and lists its dimensions; a pair around others is
    a container. ``((),()),(n),(m,n)->()`` takes a container of two scalars, a vector and a
    matrix. A dimension is a named size, a fixed size, or ``*n``, alone in its leaf: an array
    of any rank with n elements in all, of one shape wherever ``*n`` stands.

    Attributes:
        structure: the arguments, each the index of a leaf or a tuple of such.
        leaves: the dimensions of each leaf of the arguments.
        results: the dimensions of each result.

    Source: NumPy's documentation, "Generalized universal function API".

    """

    structure: tuple[Structure, ...]
    leaves: tuple[tuple[str, ...], ...]
    results: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Signature:
        """Read a signature.

        Raises:
            InvalidArgument: the text is not a signature; the message names what is wrong.

        """
        return _Reader(text).signature()

    @property
    def sizes(self) -> frozenset[str]:
        """The names of the arguments' sizes, without stars."""
        return frozenset(
            dimension.lstrip("*")
            for leaf in self.leaves
            for dimension in leaf
            if not dimension.isdigit()
        )

    def to_text(self) -> str:
        """Write the signature as ``parse`` reads it."""

        def write(part: Structure) -> str:
            if isinstance(part, int):
                return f"({','.join(self.leaves[part])})"
            return f"({','.join(map(write, part))})"

        results = ",".join(f"({','.join(result)})" for result in self.results)
        return f"{','.join(map(write, self.structure))}->{results}"


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _TOKEN.findall(text) if isinstance(text, str) else []
        self.position = 0
        self.leaves: list[tuple[str, ...]] = []

    def error(self, problem: str) -> InvalidArgument:
        return InvalidArgument(
            f"signature {self.text!r}: {problem}; write it like '((),()),(n),(m,n)->()'"
        )

    @property
    def next(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, token: str) -> None:
        if self.next != token:
            found = repr(self.next) if self.next else "the end"
            raise self.error(f"expected {token!r}, found {found}")
        self.position += 1

    def signature(self) -> Signature:
        structure = self.parts()
        leaves = tuple(self.leaves)
        self.take("->")
        self.leaves = []
        if any(not isinstance(part, int) for part in self.parts()):
            raise self.error("results do not nest")
        if self.next:
            raise self.error(f"{self.next!r} after the results")
        signature = Signature(structure=structure, leaves=leaves, results=tuple(self.leaves))
        self.check_names(signature)
        return signature

    def parts(self) -> tuple[Structure, ...]:
        parts = [self.part()]
        while self.next == ",":
            self.position += 1
            parts.append(self.part())
        return tuple(parts)

    def part(self) -> Structure:
        self.take("(")
        if self.next == "(":
            group = self.parts()
            self.take(")")
            return group
        dimensions: list[str] = []
        while self.next != ")":
            if dimensions:
                self.take(",")
            dimension = self.next
            if not _DIMENSION.fullmatch(dimension):
                found = repr(dimension) if dimension else "the end"
                raise self.error(f"expected a size or ')', found {found}")
            dimensions.append(dimension)
            self.position += 1
        self.take(")")
        if len(dimensions) > 1 and any(name.startswith("*") for name in dimensions):
            raise self.error(f"a starred size stands alone, not in ({','.join(dimensions)})")
        self.leaves.append(tuple(dimensions))
        return len(self.leaves) - 1

    def check_names(self, signature: Signature) -> None:
        for result in signature.results:
            for dimension in result:
                name = dimension.lstrip("*")
                if not name.isdigit() and name not in signature.sizes:
                    raise self.error(f"the result's size {name!r} is in no argument")
