"""Compositions that JAX must refuse, however deep the reason lies in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.laws import Law
from gradlaw.conformance.laws.transform import Axes
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises

CONTROL_FLOW = "JAX documentation, Control flow and logical operators with JIT"
CUSTOM_RULES = "JAX documentation, Custom derivative rules for JAX-transformable Python functions"
TRANSPOSITION = "JAX documentation, jax.linear_transpose"

NO_REVERSE = (
    r"Reverse-mode differentiation does not work for lax\.while_loop or lax\.fori_loop with "
    r"dynamic start/stop values\. Try using lax\.scan, or using fori_loop with static start/stop\."
)
NO_FORWARD = r"can't apply forward-mode autodiff \(jvp\) to a custom_vjp function\."

TWICE = ("grad(grad)", "jacfwd(grad)", "hessian")
"""Of those below the ones that differentiate a loop's derivative again.

Releases 0.7 and 0.8 fail before they come to refuse: the loop's derivative adds to names of its
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

NONLINEAR = {"sin": jnp.sin, "exp": jnp.exp, "tanh": jnp.tanh, "log": jnp.log}
"""Functions that have no transpose, by the names of their primitives."""


def _composed(law: str, function: Callable[..., Any]) -> Callable[..., object]:
    return Law(name=law).compose(function, Axes(argnums=0, outer_argnums=0))


def _written(law: str, function: str) -> str:
    """The law as Python writes it, called at 2."""
    within = re.sub(r"([a-z_]+)", r"jax.\1", law).rstrip(")")
    return f"{within}({function}{')' * (within.count('(') + 1)}(2.0)"


def _cube(x: Any) -> Any:
    return jax.lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, s[1] * x), (0, 1.0))[1]


def _square() -> Any:
    """A square with a rule of reverse mode alone, made anew."""
    square: Any = jax.custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, x), lambda x, cotangent: (2 * x * cotangent,))
    return square


def _of_square(law: str) -> Callable[..., object]:
    return _composed(law, _square())


def _refused(law: str) -> tuple[Raises, ...]:
    if law not in TWICE:
        return (Raises(error="ValueError", message=NO_REVERSE, phase="trace"),)
    unnamed = r"unsupported operand type\(s\) for \+: 'NoneType' and 'tuple'"
    return (
        Raises(error="ValueError", message=NO_REVERSE, phase="trace", releases=">=0.5,<0.7"),
        Raises(error="TypeError", message=unnamed, phase="trace", releases=">=0.7,<0.9"),
        Raises(error="ValueError", message=NO_REVERSE, phase="trace", releases=">=0.9"),
    )


def _without_reverse() -> Iterator[Pitfall]:
    for law in REVERSE:
        yield Pitfall(
            name=f"while_loop_in_{law}",
            misuse=(
                "def cube(x):\n"
                "    more = lambda s: s[0] < 3\n"
                "    return jax.lax.while_loop(more, lambda s: (s[0] + 1, s[1] * x), (0, 1.0))[1]\n"
                f"{_written(law, 'cube')}"
            ),
            wrap=partial(_composed, law, _cube),
            arguments=lambda: (2.0,),
            raises=_refused(law),
            remedy="Forward mode: jax.jacfwd, jax.jvp, jax.linearize.",
            remedied=lambda: jax.jacfwd(_cube)(2.0),
            right=12.0,
            source=CONTROL_FLOW,
        )


def _without_forward() -> Iterator[Pitfall]:
    for law in FORWARD:
        yield Pitfall(
            name=f"custom_vjp_in_{law}",
            misuse=(
                "square = jax.custom_vjp(lambda x: x * x)\n"
                "square.defvjp(lambda x: (x * x, x), lambda x, c: (2 * x * c,))\n"
                f"{_written(law, 'square')}"
            ),
            wrap=partial(_of_square, law),
            arguments=lambda: (2.0,),
            raises=(Raises(error="TypeError", message=NO_FORWARD, phase="trace"),),
            remedy="Reverse mode; or jax.custom_jvp, whose rule both modes use.",
            remedied=lambda: (jax.grad(_square())(2.0), jax.hessian(_square())(2.0)),
            right=(4.0, 2.0),
            source=CUSTOM_RULES,
        )


def _without_transpose() -> Iterator[Pitfall]:
    for name, function in NONLINEAR.items():
        for written, wrapped in (
            (f"jnp.{name}", function),
            (f"jax.jit(jnp.{name})", jax.jit(function)),
        ):
            yield Pitfall(
                name=f"linear_transpose_of_{written.removeprefix('jnp.')}",
                misuse=f"jax.linear_transpose({written}, 2.0)(1.0)",
                wrap=partial(jax.linear_transpose, wrapped, 2.0),
                arguments=lambda: (1.0,),
                raises=(
                    Raises(
                        error="NotImplementedError",
                        message=(
                            r"Transpose rule \(for reverse-mode differentiation\) for "
                            rf"'{name}' not implemented"
                        ),
                        phase="trace",
                    ),
                ),
                remedy="Transpose what is linear: a function that jax.linearize gives.",
                remedied=lambda: jax.linear_transpose(jax.linearize(lambda x: x * x, 3.0)[1], 3.0)(
                    1.0
                )[0],
                right=6.0,
                source=TRANSPOSITION,
            )


REFUSALS: tuple[Pitfall, ...] = (
    *_without_reverse(),
    *_without_forward(),
    *_without_transpose(),
)
"""Derived, one for each law."""
