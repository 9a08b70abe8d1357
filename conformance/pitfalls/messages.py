"""What JAX says in many places alike."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Raises


def tracer_error(
    error: str,
    begins: str,
    *,
    depends: str = "the value of the argument x",
    function: str = "<lambda>",
    releases: str = ">=0.5",
) -> Raises:
    """One of `jax.errors`, where `jax.jit` traces a function of Python's.

    Args:
        error: its class name.
        begins: what was asked of the traced value.
        depends: what the value depends on.
        function: the name of the function that is traced.
        releases: the releases of JAX for which that holds.
    """
    blank = "\n" if error == "ConcretizationTypeError" else ""
    return Raises(
        error=error,
        message=(
            f"{begins}\nThe error occurred while tracing the function {function} at … for jit. "
            "This concrete value was not available in Python because it depends on "
            f"{depends}.\n{blank}See …#jax.errors.{error}"
        ),
        releases=releases,
    )


def boolean_error(
    *, depends: str = "the value of the argument x", function: str = "<lambda>"
) -> Raises:
    """`TracerBoolConversionError`: Python asks a traced comparison whether it is true."""
    return tracer_error(
        "TracerBoolConversionError",
        "Attempted boolean conversion of traced array with shape bool[].",
        depends=depends,
        function=function,
    )


def not_scalar(shape: str) -> tuple[Raises, Raises]:
    """`jax.grad` of an output of this shape, which says more since 0.11.1."""
    said = f"Gradient only defined for scalar-output functions. Output had shape: {shape}."
    return (
        Raises(error="TypeError", message=said, releases=">=0.5,<0.11.1"),
        Raises(error="TypeError", message=f"{said} To get the gradient, …", releases=">=0.11.1"),
    )


def not_inexact(dtype: str, *, transform: str = "grad") -> Raises:
    """An input of reverse mode whose dtype has no derivative."""
    return Raises(
        error="TypeError",
        message=(
            f"{transform} requires real- or complex-valued inputs (input dtype that is a sub-dtype "
            f"of np.inexact), but got {dtype}. If you want to use Boolean- or integer-valued "
            "inputs, use vjp or set allow_int to True."
        ),
    )
