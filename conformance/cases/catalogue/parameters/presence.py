"""Whether the installed release's function has a parameter."""

from __future__ import annotations

import inspect

from gradlaw.conformance.cases.catalogue.entry import resolved


def taking(parameter: str, path: str) -> str:
    """The path, or that of the parameter where the installed release's function lacks it."""
    function = resolved(path)
    known = function is not None and parameter in inspect.signature(function).parameters
    return path if known else f"{path}.{parameter}"
