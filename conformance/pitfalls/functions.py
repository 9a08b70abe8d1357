"""A transformation is given a value where it wants a function, or a function of another kind."""

from __future__ import annotations

from gradlaw.conformance.documents import COMBINING, COMPOSITION, GRADIENT
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import ADVANCED_AUTODIFF, CUSTOM_RULES, JIT

_LOSS = "loss = lambda w, b, x: jnp.sum((w * x + b) ** 2)\n"
_X = "x = jnp.array([1.0, 2.0])\n"
_CALLABLE = Raises(error="TypeError", message="Expected a callable value, got …", phase="wrap")
_HASHED = Raises(error="TypeError", message="unhashable type: …")


def _of_a_value(
    name: str,
    *,
    transform: str,
    right: object,
    source: str,
    batch: bool = False,
    expected: Raises = _CALLABLE,
) -> Pitfall:
    remedied = f"{transform.format('loss')}(1.0, 2.0, x)"
    if batch:
        remedied = (
            f"{transform.format('loss')}"
            "(jnp.array([1.0, 2.0]), jnp.array([2.0, 0.0]), jnp.array([[1.0, 2.0], [1.0, 2.0]]))"
        )
    return Pitfall(
        name=name,
        misuse=_LOSS + _X + transform.format("loss(1.0, 2.0, x)") + "(1.0, 2.0, x)",
        expects=(expected,),
        remedy="Wrap the function and call the result.",
        remedied=_LOSS + _X + remedied,
        right=right,
        source=source,
    )


NOT_FUNCTIONS = family(
    "Not a function",
    _of_a_value("grad_of_a_value", transform="jax.grad({})", right=22.0, source=GRADIENT),
    _of_a_value(
        "value_and_grad_of_a_value",
        transform="jax.value_and_grad({})",
        right=(25.0, 22.0),
        source=COMPOSITION,
    ),
    _of_a_value(
        "jit_of_grad_of_a_value",
        transform="jax.jit(jax.grad({}))",
        right=22.0,
        source=COMPOSITION,
    ),
    _of_a_value("jit_of_a_value", transform="jax.jit({})", right=25.0, source=COMPOSITION),
    _of_a_value(
        "vmap_of_a_value",
        transform="jax.vmap({})",
        right=[25.0, 20.0],
        source=COMBINING,
        batch=True,
    ),
    _of_a_value(
        "jacfwd_of_a_value", transform="jax.jacfwd({})", right=22.0, source=ADVANCED_AUTODIFF
    ),
    _of_a_value(
        "checkpoint_of_a_value",
        transform="jax.checkpoint({})",
        right=25.0,
        expected=_HASHED,
        source=ADVANCED_AUTODIFF,
    ),
    Pitfall(
        name="jit_of_a_generator_function",
        misuse=("def powers(x):\n    yield x\n    yield x * x\njax.jit(powers)(3.0)"),
        expects=(
            Raises(
                error="TypeError",
                message="Expected a function, got a generator function: <function powers at …>",
                phase="wrap",
            ),
        ),
        remedy="Return a tuple or a list of what was yielded.",
        remedied="jax.jit(lambda x: (x, x * x))(3.0)",
        right=(3.0, 9.0),
        source=JIT,
    ),
    Pitfall(
        name="grad_of_a_generator_function",
        misuse=("def powers(x):\n    yield x\n    yield x * x\njax.grad(powers)(3.0)"),
        expects=(
            Raises(
                error="TypeError",
                message="Expected a function, got a generator function: <function powers at …>",
                phase="wrap",
            ),
        ),
        remedy="Return a scalar: the sum of what was yielded, if all of it is meant.",
        remedied="jax.grad(lambda x: sum([x, x * x]))(3.0)",
        right=7.0,
        source=GRADIENT,
    ),
    Pitfall(
        name="rules_for_a_value",
        misuse="jax.custom_vjp(9.0)(3.0)",
        expects=(
            Raises(
                error="AttributeError",
                message="No VJP defined for custom_vjp function … using defvjp.",
            ),
        ),
        remedy="Decorate the function, then give it its rules with defvjp.",
        remedied=(
            "square = jax.custom_vjp(lambda x: x * x)\n"
            "square.defvjp(lambda x: (x * x, x), lambda x, ct: (2.0 * x * ct,))\n"
            "jax.grad(square)(3.0)"
        ),
        right=6.0,
        source=CUSTOM_RULES,
    ),
)
