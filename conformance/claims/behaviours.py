"""Two things that a claim may observe: how often each call traces, and which error comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gradlaw.conformance.tracing import Counted

NO_ERROR = "no error"


def traces_by_call(
    function: Callable[..., Any],
    transformation: Callable[[Callable[..., Any]], Callable[..., Any]],
    arguments: Iterable[Any],
) -> tuple[int, ...]:
    """Transform the function once, call it with each argument, count each call's traces."""
    counted = Counted(function)
    transformed = transformation(counted.function)
    return tuple(_traces_of(counted, transformed, argument) for argument in arguments)


def traces_by_remaking(
    function: Callable[..., Any],
    transformation: Callable[[Callable[..., Any]], Callable[..., Any]],
    arguments: Iterable[Any],
) -> tuple[int, ...]:
    """Transform the function anew for each call, and count each call's traces."""
    counted = Counted(function)
    return tuple(
        _traces_of(counted, transformation(counted.function), argument) for argument in arguments
    )


def _traces_of(counted: Counted, transformed: Callable[..., Any], argument: Any) -> int:
    before = counted.traces
    transformed(argument)
    return counted.traces - before


def error_of(act: Callable[[], object]) -> str:
    """Return the class name of the exception that the act raises, or "no error"."""
    try:
        act()
    except Exception as error:  # noqa: BLE001, RUF100 - whatever comes is what is asked for
        return type(error).__name__
    return NO_ERROR
