"""Where in the user's program an equation comes from."""

from __future__ import annotations

from typing import Any


def source_line(equation: Any) -> str:
    """The file, line and function that made an equation, or the equation itself."""
    return user_line(equation) or " ".join(str(equation).split())[:200]


def user_line(equation: Any) -> str:
    """The file, line and function that made an equation; empty where only JAX's own did.

    JAX offers no public way; tried on releases 0.5.0, 0.10.2 and 0.12.0.1.
    """
    try:
        from jax._src import source_info_util

        line = str(source_info_util.summarize(equation.source_info))
    except Exception:  # whatever a release changes in private modules, the equation itself is left
        return ""
    return "" if line == "unknown" else line
