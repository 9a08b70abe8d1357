"""Compositions that JAX must refuse, however deep the reason lies in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import CONTROL_FLOW, CUSTOM_RULES

TRANSPOSITION = "JAX documentation, jax.linear_transpose"

NO_REVERSE = (
    "Reverse-mode differentiation does not work for lax.while_loop or lax.fori_loop with "
    "dynamic start/stop values. Try using lax.scan, or using fori_loop with static start/stop."
)
NO_FORWARD = "can't apply forward-mode autodiff (jvp) to a custom_vjp function."

TWICE = ("grad(grad)", "jacfwd(grad)", "hessian")
"""Of those below the ones that differentiate a loop's derivative again.

Releases 0.7.2 to 0.10.1 fail before they come to refuse: the loop's derivative adds to names of its
condition's arguments, of which it has none.
"""

REVERSE = (
    "value_and_grad",
    "jacrev",
    "jit(grad)",
    "grad(jit)",
    "checkpoint(grad)",
    "grad(named_call)",
    "grad(grad)",
    "jacfwd(grad)",
    "grad(jacfwd)",
    "hessian",
    "jit(value_and_grad(jit))",
)
"""Laws with reverse mode in them, of a function that has none."""

FORWARD = ("jacfwd", "jit(jacfwd)", "jacfwd(jit)", "checkpoint(jacfwd)", "grad(jacfwd)")
"""Laws with forward mode in them, within which nothing is reverse."""

NONLINEAR = ("sin", "exp", "tanh", "log")
"""Functions that have no transpose, by the names of their primitives."""

CUBE = (
    "def cube(x):\n"
    "    more = lambda s: s[0] < 3\n"
    "    return jax.lax.while_loop(more, lambda s: (s[0] + 1, s[1] * x), (0, 1.0))[1]\n"
)
SQUARE = (
    "square = jax.custom_vjp(lambda x: x * x)\n"
    "square.defvjp(lambda x: (x * x, x), lambda x, c: (2 * x * c,))\n"
)


def _written(law: str, function: str) -> str:
    """The law as Python writes it, called at 2."""
    within = re.sub(r"([a-z_]+)", r"jax.\1", law).rstrip(")")
    return f"{within}({function}{')' * (within.count('(') + 1)}(2.0)"


def _refused(law: str) -> tuple[Raises, ...]:
    if law not in TWICE:
        return (Raises(error="ValueError", message=NO_REVERSE),)
    unnamed = "unsupported operand type(s) for +: 'NoneType' and 'tuple'"
    return (
        Raises(error="ValueError", message=NO_REVERSE, releases=">=0.5,<0.7.2"),
        Raises(error="TypeError", message=unnamed, releases=">=0.7.2,<0.10.2"),
        Raises(error="ValueError", message=NO_REVERSE, releases=">=0.10.2"),
    )


def _without_reverse() -> Iterator[Pitfall]:
    for law in REVERSE:
        yield Pitfall(
            name=f"while_loop_in_{law}",
            misuse=CUBE + _written(law, "cube"),
            expects=_refused(law),
            remedy="Forward mode: jax.jacfwd, jax.jvp, jax.linearize.",
            remedied=f"{CUBE}jax.jacfwd(cube)(2.0)",
            right=12.0,
            source=CONTROL_FLOW,
            modes=("eager", "jit"),
        )


def _without_forward() -> Iterator[Pitfall]:
    for law in FORWARD:
        yield Pitfall(
            name=f"custom_vjp_in_{law}",
            misuse=SQUARE + _written(law, "square"),
            expects=(Raises(error="TypeError", message=NO_FORWARD),),
            remedy="Reverse mode; or jax.custom_jvp, whose rule both modes use.",
            remedied=f"{SQUARE}jax.grad(square)(2.0)",
            right=4.0,
            source=CUSTOM_RULES,
            modes=("eager", "jit"),
        )


def _without_transpose() -> Iterator[Pitfall]:
    for name in NONLINEAR:
        for written in (f"jnp.{name}", f"jax.jit(jnp.{name})"):
            yield Pitfall(
                name=f"linear_transpose_of_{written.removeprefix('jnp.')}",
                misuse=f"jax.linear_transpose({written}, 2.0)(1.0)",
                expects=(
                    Raises(
                        error="NotImplementedError",
                        message=(
                            "Transpose rule (for reverse-mode differentiation) for "
                            f"'{name}' not implemented"
                        ),
                    ),
                ),
                remedy="Transpose what is linear: a function that jax.linearize gives.",
                remedied=(
                    "tangent = jax.linearize(lambda x: x * x, 3.0)[1]\n"
                    "jax.linear_transpose(tangent, 3.0)(1.0)[0]"
                ),
                right=6.0,
                source=TRANSPOSITION,
                modes=("eager", "jit"),
            )


REFUSALS = family(
    "Compositions refused",
    *_without_reverse(),
    *_without_forward(),
    *_without_transpose(),
)
"""Derived, one for each law; a composition is a mode of its own."""
