"""Arguments that are named wrongly: to be differentiated by, or to be static."""

from __future__ import annotations

from gradlaw.conformance.documents import GRADIENT
from gradlaw.conformance.pitfalls.pitfall import Pitfall, family
from gradlaw.conformance.pitfalls.sources import DONATION, GRAD, JIT

_LOSS = "loss = lambda w, b, x: jnp.sum((w * x + b) ** 2)\n"
_CALL = "(1.0, 2.0, jnp.array([1.0, 3.0]))"
_POWER = "power = lambda x, n: x**n\n"

ARGNUMS = family(
    "argnums and argnames",
    Pitfall(
        name="argnums_out_of_range",
        misuse=f"{_LOSS}jax.grad(loss, argnums=3){_CALL}",
        expects=(),
        remedy="Count the arguments from 0: the third is argnums=2.",
        remedied=f"{_LOSS}jax.grad(loss, argnums=2){_CALL}",
        right=[6.0, 10.0],
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_tuple_out_of_range",
        misuse=f"{_LOSS}jax.grad(loss, argnums=(0, 3)){_CALL}",
        expects=(),
        remedy="Count the arguments from 0: the first and the third are argnums=(0, 2).",
        remedied=f"{_LOSS}jax.grad(loss, argnums=(0, 2)){_CALL}",
        right=(36.0, [6.0, 10.0]),
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_negative_out_of_range",
        misuse=f"{_LOSS}jax.grad(loss, argnums=-4){_CALL}",
        expects=(),
        remedy="Count from the end: -1 is the last argument, -3 the first of three.",
        remedied=f"{_LOSS}jax.grad(loss, argnums=-3){_CALL}",
        right=36.0,
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_forgotten",
        misuse=f"jax.grad(lambda w, x: jnp.sum(w * x))(2.0, jnp.array([1.0, 3.0]))  # by x?",
        expects=(),
        remedy="Name the argument: argnums=1 differentiates by the second.",
        remedied="jax.grad(lambda w, x: jnp.sum(w * x), argnums=1)(2.0, jnp.array([1.0, 3.0]))",
        right=[2.0, 2.0],
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_duplicate",
        misuse="jax.grad(lambda w, x: w * x, argnums=(0, 0))(2.0, 3.0)",
        expects=(),
        remedy="Name each argument once.",
        remedied="jax.grad(lambda w, x: w * x, argnums=(0, 1))(2.0, 3.0)",
        right=(3.0, 2.0),
        source=GRAD,
    ),
    Pitfall(
        name="argnums_by_name",
        misuse="jax.grad(lambda w, x: w * x, argnums='x')(2.0, 3.0)",
        expects=(),
        remedy="jax.grad knows positions alone: argnums=1.",
        remedied="jax.grad(lambda w, x: w * x, argnums=1)(2.0, 3.0)",
        right=2.0,
        source=GRAD,
    ),
    Pitfall(
        name="argnames_of_grad",
        misuse="jax.grad(lambda w, x: w * x, argnames='x')(2.0, 3.0)",
        expects=(),
        remedy="jax.grad has no argnames: argnums=1.",
        remedied="jax.grad(lambda w, x: w * x, argnums=1)(2.0, 3.0)",
        right=2.0,
        source=GRAD,
    ),
    Pitfall(
        name="differentiated_argument_by_keyword",
        misuse="jax.grad(lambda w, x: w * x)(w=2.0, x=3.0)",
        expects=(),
        remedy="What is differentiated by is passed by position, all else as one likes.",
        remedied="jax.grad(lambda w, x: w * x)(2.0, x=3.0)",
        right=3.0,
        source=GRAD,
    ),
    Pitfall(
        name="keyword_only_argument",
        misuse="jax.grad(lambda w, *, x: w * x, argnums=1)(2.0, x=3.0)",
        expects=(),
        remedy="Let a lambda pass it on: then it has a position.",
        remedied=(
            "f = lambda w, *, x: w * x\n"
            "jax.grad(lambda w, x: f(w, x=x), argnums=1)(2.0, 3.0)"
        ),
        right=2.0,
        source=GRAD,
    ),
    Pitfall(
        name="static_argnums_out_of_range",
        misuse=f"{_POWER}jax.jit(power, static_argnums=2)(3.0, 2)",
        expects=(),
        remedy="Count the arguments from 0: the second is static_argnums=1.",
        remedied=f"{_POWER}jax.jit(power, static_argnums=1)(3.0, 2)",
        right=9.0,
        source=JIT,
    ),
    Pitfall(
        name="static_argnames_misspelt",
        misuse=f"{_POWER}jax.jit(power, static_argnames='m')(3.0, n=2)",
        expects=(),
        remedy="Name it as the function's definition does.",
        remedied=f"{_POWER}jax.jit(power, static_argnames='n')(3.0, n=2)",
        right=9.0,
        source=JIT,
    ),
    Pitfall(
        name="static_argument_by_keyword",
        misuse=(
            "def power(x, *, n):\n"
            "    return x if n == 1 else x * x\n"
            "jax.jit(power, static_argnums=0)(3.0, n=2)"
        ),
        expects=(),
        remedy="A keyword-only argument is made static by its name.",
        remedied=(
            "def power(x, *, n):\n"
            "    return x if n == 1 else x * x\n"
            "jax.jit(power, static_argnames='n')(3.0, n=2)"
        ),
        right=9.0,
        source=JIT,
    ),
    Pitfall(
        name="static_and_differentiated",
        misuse=f"{_POWER}jax.grad(jax.jit(power, static_argnums=0))(3.0, 2)",
        expects=(),
        remedy="What is differentiated by is traced: make the exponent static.",
        remedied=f"{_POWER}jax.grad(jax.jit(power, static_argnums=1))(3.0, 2)",
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="static_and_donated",
        misuse=f"{_POWER}jax.jit(power, static_argnums=1, donate_argnums=1)(3.0, 2)",
        expects=(),
        remedy="A static argument has no buffer to donate: donate the other.",
        remedied=f"{_POWER}jax.jit(power, static_argnums=1, donate_argnums=0)(jnp.ones(2), 2)",
        right=[1.0, 1.0],
        source=DONATION,
    ),
    Pitfall(
        name="donate_argnums_out_of_range",
        misuse=f"{_POWER}jax.jit(power, donate_argnums=2)(3.0, 2)",
        expects=(),
        remedy="Count the arguments from 0.",
        remedied=f"{_POWER}jax.jit(power, static_argnums=1, donate_argnums=0)(jnp.ones(2), 2)",
        right=[1.0, 1.0],
        source=DONATION,
    ),
)
