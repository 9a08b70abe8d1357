"""The screen: foreign text on a terminal of any width, colour and character set."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from gradlaw.reports.figures import in_one_line
from gradlaw.reports.legend import SIGNS
from gradlaw.reports.record import Record

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


def open_console(file: TextIO | None = None, width: int | None = None) -> Console:
    """A console without colour where the file is no terminal, or ``NO_COLOR`` is set.

    Args:
        file: where to write; standard output by default.
        width: columns; by default the terminal's.
    """
    from rich.console import Console

    return Console(file=file or sys.stdout, width=width, highlight=False, soft_wrap=False)


class Screen:
    """A console that takes foreign text as text, never as markup or escapes.

    Args:
        console: where to print.
        rows: the most rows of a table.
    """

    def __init__(self, console: Console, rows: int) -> None:
        self.console = console
        self.rows = rows
        self.ascii = console.options.ascii_only

    def text(self, text: str, style: str = "") -> Text:
        """Foreign text as one line, in the terminal's characters."""
        from rich.text import Text

        line = in_one_line(text)
        if self.ascii:
            line = line.replace("–", "-").replace("…", "...")
            line = line.encode("ascii", "backslashreplace").decode("ascii")
        return Text(line, style=style)

    def detail(self, text: str) -> None:
        """Print an indented line, and its continuation as far in."""
        from rich.padding import Padding

        self.console.print(Padding(self.text(text), (0, 0, 0, 4)))

    def verdict(self, record: Record) -> Text:
        """A record's verdict with its sign, coloured."""
        return self.text(
            f"{self.glyph(record.verdict)} {record.verdict}", SIGNS[record.verdict].style
        )

    def glyph(self, verdict: str) -> str:
        """A verdict's sign in the terminal's characters."""
        return SIGNS[verdict].plain if self.ascii else SIGNS[verdict].glyph

    def line(self, text: str, style: str = "") -> None:
        """Print a line."""
        self.console.print(self.text(text, style))

    def rule(self, title: str, style: str) -> None:
        """Print a loud line."""
        self.console.rule(self.text(title, style), style=style, characters="=")

    def heading(self, title: str) -> None:
        """Print a quiet line that opens the summary."""
        self.console.rule(self.text(title, "bold"), characters="-" if self.ascii else "─")

    def table(self, title: str, *columns: str) -> Table:
        """A table whose columns are right-aligned where their name starts with ``>``."""
        from rich import box
        from rich.table import Table

        table = Table(
            title=self.text(title, "bold"),
            title_justify="left",
            box=box.SIMPLE_HEAD if not self.ascii else box.ASCII2,
            pad_edge=False,
            padding=(0, 1),
        )
        for column in columns:
            table.add_column(
                self.text(column.lstrip(">")),
                justify="right" if column.startswith(">") else "left",
                overflow="fold",
            )
        return table

    def left_out(self, number: int) -> None:
        """Say how many rows a table leaves out, if any."""
        if number > 0:
            self.line(f"… and {number:,} more, in the report", "dim")
