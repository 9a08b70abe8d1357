"""Arguments that are named wrongly: to be differentiated by, or to be static."""

from __future__ import annotations

from gradlaw.conformance.documents import GRADIENT
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import DONATION, GRAD, JIT

_LOSS = "loss = lambda w, b, x: jnp.sum((w * x + b) ** 2)\n"
_CALL = "(1.0, 2.0, jnp.array([1.0, 3.0]))"
_POWER = "power = lambda x, n: x**n\n"

ARGNUMS = family(
    "argnums and argnames",
    Pitfall(
        name="argnums_out_of_range",
        misuse=f"{_LOSS}jax.grad(loss, argnums=3){_CALL}",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "differentiating with respect to argnums=3 requires at least 4 positional "
                    "arguments to be passed by the caller, but got only 3 positional arguments."
                ),
            ),
        ),
        remedy="Count the arguments from 0: the third is argnums=2.",
        remedied=f"{_LOSS}jax.grad(loss, argnums=2){_CALL}",
        right=[6.0, 10.0],
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_tuple_out_of_range",
        misuse=f"{_LOSS}jax.grad(loss, argnums=(0, 3)){_CALL}",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "differentiating with respect to argnums=(0, 3) requires at least 4 positional "
                    "arguments to be passed by the caller, but got only 3 positional arguments."
                ),
            ),
        ),
        remedy="Count the arguments from 0: the first and the third are argnums=(0, 2).",
        remedied=f"{_LOSS}jax.grad(loss, argnums=(0, 2)){_CALL}",
        right=(36.0, [6.0, 10.0]),
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_negative_out_of_range",
        misuse=f"{_LOSS}jax.grad(loss, argnums=-4){_CALL}",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Positional argument indices, e.g. for `static_argnums`, must have value "
                    "greater than or equal to -len(args) and less than len(args), but got value -4 "
                    "for len(args) == 3."
                ),
            ),
        ),
        remedy="Count from the end: -1 is the last argument, -3 the first of three.",
        remedied=f"{_LOSS}jax.grad(loss, argnums=-3){_CALL}",
        right=36.0,
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_forgotten",
        misuse=(
            "f = lambda w, x: jnp.sum(w * x)\n"
            "jax.jit(jax.grad(f))(2.0, jnp.array([1.0, 3.0]))  # by x?"
        ),
        expects=(
            Yields(
                value=4.0,
            ),
        ),
        remedy="Name the argument: argnums=1 differentiates by the second.",
        remedied="jax.grad(lambda w, x: jnp.sum(w * x), argnums=1)(2.0, jnp.array([1.0, 3.0]))",
        right=[2.0, 2.0],
        source=GRADIENT,
    ),
    Pitfall(
        name="argnums_duplicate",
        misuse="jax.grad(lambda w, x: w * x, argnums=(0, 0))(2.0, 3.0)",
        expects=(
            Raises(
                error="StopIteration",
                message="",
                releases=">=0.5,<0.10.2",
            ),
            Raises(
                error="TypeError",
                message="unsupported operand type(s) for *: 'NoneType' and …",
                releases=">=0.10.2",
            ),
        ),
        remedy="Name each argument once.",
        remedied="jax.grad(lambda w, x: w * x, argnums=(0, 1))(2.0, 3.0)",
        right=(3.0, 2.0),
        source=GRAD,
    ),
    Pitfall(
        name="argnums_by_name",
        misuse="jax.grad(lambda w, x: w * x, argnums='x')(2.0, 3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="'str' object cannot be interpreted as an integer",
                phase="wrap",
            ),
        ),
        remedy="jax.grad knows positions alone: argnums=1.",
        remedied="jax.grad(lambda w, x: w * x, argnums=1)(2.0, 3.0)",
        right=2.0,
        source=GRAD,
    ),
    Pitfall(
        name="argnames_of_grad",
        misuse="jax.grad(lambda w, x: w * x, argnames='x')(2.0, 3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="grad() got an unexpected keyword argument 'argnames'…",
                phase="wrap",
            ),
        ),
        remedy="jax.grad has no argnames: argnums=1.",
        remedied="jax.grad(lambda w, x: w * x, argnums=1)(2.0, 3.0)",
        right=2.0,
        source=GRAD,
    ),
    Pitfall(
        name="differentiated_argument_by_keyword",
        misuse="jax.grad(lambda w, x: w * x)(w=2.0, x=3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "differentiating with respect to argnums=0 requires at least 1 positional "
                    "arguments to be passed by the caller, but got only 0 positional arguments."
                ),
            ),
        ),
        remedy="What is differentiated by is passed by position, all else as one likes.",
        remedied="jax.grad(lambda w, x: w * x)(2.0, x=3.0)",
        right=3.0,
        source=GRAD,
    ),
    Pitfall(
        name="keyword_only_argument",
        misuse="jax.grad(lambda w, *, x: w * x, argnums=1)(2.0, x=3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "differentiating with respect to argnums=1 requires at least 2 positional "
                    "arguments to be passed by the caller, but got only 1 positional arguments."
                ),
            ),
        ),
        remedy="Let a lambda pass it on: then it has a position.",
        remedied=(
            "f = lambda w, *, x: w * x\njax.grad(lambda w, x: f(w, x=x), argnums=1)(2.0, 3.0)"
        ),
        right=2.0,
        source=GRAD,
    ),
    Pitfall(
        name="static_argnums_out_of_range",
        misuse=f"{_POWER}jax.jit(power, static_argnums=2)(3.0, 2)",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Jitted function has static_argnums=(2,), but only accepts 2 positional "
                    "arguments."
                ),
                phase="wrap",
            ),
        ),
        remedy="Count the arguments from 0: the second is static_argnums=1.",
        remedied=f"{_POWER}jax.jit(power, static_argnums=1)(3.0, 2)",
        right=9.0,
        source=JIT,
    ),
    Pitfall(
        name="static_argnames_misspelt",
        misuse=f"{_POWER}jax.jit(power, static_argnames='m')(3.0, n=2)",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Jitted function has invalid argnames {'m'} in static_argnames. Function does "
                    "not take these args."
                ),
                phase="wrap",
            ),
        ),
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
        expects=(
            Raises(
                error="TracerBoolConversionError",
                message=(
                    "Attempted boolean conversion of traced array with shape bool[].\n"
                    "The error occurred while tracing the function power at … for jit. This value "
                    "became a tracer due to JAX operations on these lines:\n"
                    "\n"
                    "  operation a:bool[] = eq b c\n"
                    "    from line …\n"
                    "See …#jax.errors.TracerBoolConversionError"
                ),
                phase="call",
                releases=">=0.5,<0.5.1",
            ),
            Raises(
                error="TracerBoolConversionError",
                message=(
                    "Attempted boolean conversion of traced array with shape bool[].\n"
                    "The error occurred while tracing the function power at … for jit. This "
                    "concrete value was not available in Python because it depends on the value of "
                    "the argument n.\n"
                    "See …#jax.errors.TracerBoolConversionError"
                ),
                phase="call",
                releases=">=0.5.1",
            ),
            Raises(
                error="ValueError",
                message=(
                    "Non-hashable static arguments are not supported. An error occurred while "
                    "trying to hash an object of type <class '…'>, …. The error was:\n"
                    "TypeError: unhashable type: …\n"
                ),
                modes=(
                    "jit",
                    "vmap",
                    "grad",
                    "scan",
                ),
            ),
        ),
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
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Non-hashable static arguments are not supported. An error occurred while "
                    "trying to hash an object of type <class '…'>, …. The error was:\n"
                    "TypeError: unhashable type: …\n"
                ),
            ),
        ),
        remedy="What is differentiated by is traced: make the exponent static.",
        remedied=f"{_POWER}jax.grad(jax.jit(power, static_argnums=1))(3.0, 2)",
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="static_and_donated",
        misuse=f"{_POWER}jax.jit(power, static_argnums=1, donate_argnums=1)(3.0, 2)",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "static_argnames and donate_argnames cannot intersect. Argument names {'n'} "
                    "appear in both static_argnames and donate_argnames"
                ),
                phase="wrap",
            ),
        ),
        remedy="A static argument has no buffer to donate: donate the other.",
        remedied=f"{_POWER}jax.jit(power, static_argnums=1, donate_argnums=0)(jnp.ones(2), 2)",
        right=[1.0, 1.0],
        source=DONATION,
    ),
    Pitfall(
        name="donate_argnums_out_of_range",
        misuse=f"{_POWER}jax.jit(power, donate_argnums=2)(3.0, 2)",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Jitted function has donate_argnums=(2,), but only accepts 2 positional "
                    "arguments."
                ),
                phase="wrap",
            ),
        ),
        remedy="Count the arguments from 0.",
        remedied=f"{_POWER}jax.jit(power, static_argnums=1, donate_argnums=0)(jnp.ones(2), 2)",
        right=[1.0, 1.0],
        source=DONATION,
    ),
)
