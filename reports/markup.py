"""Foreign text as Markdown: nothing in it is read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gradlaw.reports.figures import in_one_line, printable

_SPECIAL = re.compile(r"([\\`*_\[\]|~#$])")


def escape(text: str) -> str:
    """Foreign text as one line of Markdown that shows the text and does nothing else.

    HTML and every character that Markdown (GitHub's flavour) reads as markup is escaped.
    """
    line = in_one_line(text)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", line)


def fence(text: str, language: str = "") -> str:
    """Foreign text as a code block that no run of backticks in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{printable(text)}\n{ticks}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of foreign text."""
    return grid(head, ((escape(cell) for cell in row) for row in rows))


def grid(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [f"| {' | '.join(escape(name) for name in head)} |", "|---" * len(head) + "|"]
    lines += [f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows]
    return "\n".join(lines)


def lines_of(text: str) -> str:
    """Foreign code as one cell of a table that keeps its lines and their indentation."""
    return "<br>".join(
        "&nbsp;" * (len(line) - len(line.lstrip(" "))) + escape(line) for line in text.split("\n")
    )
