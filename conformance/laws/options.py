"""Differentiation under the options of JAX's transformations; what they give is judged, too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradlaw.conformance.laws.differentiation import DIFFERENTIATION
from gradlaw.conformance.laws.releases import passes_apart
from gradlaw.conformance.laws.transform import Function, Transform


def with_aux(function: Function, transform: str, **options: Any) -> Function:
    """Differentiate a function that has an auxiliary output, minus its value; give both."""
    import jax

    def aside(*arguments: Any) -> Any:
        value = function(*arguments)
        return value, -value

    transformed = getattr(jax, transform)(aside, has_aux=True, **options)

    def both(*arguments: Any) -> Any:
        if transform == "value_and_grad":
            (_, minus_value), derivative = transformed(*arguments)
        else:
            derivative, minus_value = transformed(*arguments)
        return -minus_value, derivative

    return both


def with_integer(
    function: Function, transform: str, argnums: int | tuple[int, ...], **options: Any
) -> Function:
    """Differentiate by an integer, too, that multiplies the function: what comes has no numbers.

    Its dtype is float0, but for ``jax.jacrev``, which gives zeros of the integer's own dtype in all
    releases so far, though its documentation says float0, too.
    """
    import jax
    import numpy as np

    def counted(count: Any, *arguments: Any) -> Any:
        return function(*arguments) * count

    places = (argnums,) if isinstance(argnums, int) else argnums
    # Those from the end stay: the integer comes first.
    shifted = (0, *(place + 1 if place >= 0 else place for place in places))
    transformed = getattr(jax, transform)(counted, argnums=shifted, allow_int=True, **options)

    def without_integer(*arguments: Any) -> Any:
        found = transformed(np.int32(1), *arguments)
        value, (nothing, *rest) = found if transform == "value_and_grad" else (None, found)
        expected = np.int32 if transform == "jacrev" else jax.dtypes.float0
        if nothing.dtype != expected:
            raise TypeError(f"the derivative by an integer is {nothing.dtype}, not {expected}")
        derivative = rest[0] if isinstance(argnums, int) else tuple(rest)
        return derivative if value is None else (value, derivative)

    return without_integer


def of_a_matrix(
    function: Function, transform: str, argnums: int | tuple[int, ...], **options: Any
) -> Function:
    """Differentiate a matrix of multiples of the function, of which one is the function itself.

    Nothing but the derivative's layout, by arrays of an array, differs from the function's own.
    """
    import jax
    import numpy as np

    factors = np.array([[2, 1, 4], [1 / 4, 8, 1 / 2]], np.float32)

    def multiplied(*arguments: Any) -> Any:
        value = function(*arguments)
        return value * factors.astype(value.dtype)

    transformed = getattr(jax, transform)(multiplied, argnums=argnums, **options)
    return lambda *arguments: jax.tree.map(lambda d: d[0, 1], transformed(*arguments))


def _has_aux(name: str) -> Transform:
    own = DIFFERENTIATION[name]
    if own.spelled_out:
        return replace(own, told={"has_aux": True}, with_value=True)
    return replace(own, make=with_aux, told={"transform": name}, spelled="", with_value=True)


def _allow_int(name: str) -> Transform:
    return replace(
        DIFFERENTIATION[name],
        make=with_integer,
        told={"transform": name},
        spelled="",
        promised=False,
        refuses_holomorphic=True,
    )


def _of_a_matrix(name: str) -> Transform:
    return replace(DIFFERENTIATION[name], make=of_a_matrix, told={"transform": name}, spelled="")


NAMES = ("grad", "value_and_grad", "jacfwd", "jacrev", "vjp", "jvp", "linearize")
"""Of those in all releases that take a function with an auxiliary output."""

OPTIONS: dict[str, Transform] = {
    **{
        f"{name}[has_aux]": _has_aux(name)
        for name in (*NAMES, *(["fwd_and_bwd"] if passes_apart() else []))
    },
    **{f"{name}[allow_int]": _allow_int(name) for name in ("grad", "value_and_grad", "jacrev")},
    **{f"{name}[of_a_matrix]": _of_a_matrix(name) for name in ("jacfwd", "jacrev", "hessian")},
}
