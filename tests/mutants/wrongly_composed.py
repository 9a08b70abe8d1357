"""Faults in JAX's own transformations, one for each that laws compose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import jax
import jax.numpy as jnp

from gradlaw.conformance.laws.composition import without_options
from gradlaw.conformance.laws.transforms import TRANSFORMS

OFF = 1 + 2.0**-30

Wrong = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Makes a faulty transformation from the true one."""


def scaled(result: Any) -> Any:
    """Every floating array of a result, off in the tenth digit."""

    def off(leaf: Any) -> Any:
        return leaf * OFF if jnp.issubdtype(jnp.result_type(leaf), jnp.inexact) else leaf

    return jax.tree.map(off, result)


def _then_scaled(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments, **named: scaled(function(*arguments, **named))


def gives_wrong_results(call: Callable[..., Any]) -> Callable[..., Any]:
    """What is called for its results."""
    return lambda *arguments, **options: scaled(call(*arguments, **options))


def gives_wrong_functions(make: Callable[..., Any]) -> Callable[..., Any]:
    """What makes a function."""
    return lambda *arguments, **options: _then_scaled(make(*arguments, **options))


def gives_wrong_linear_maps(make: Callable[..., Any]) -> Callable[..., Any]:
    """What gives a value and a linear function."""

    def faulty(*arguments: Any, **options: Any) -> Any:
        value, linear, *aside = make(*arguments, **options)
        return value, _then_scaled(linear), *aside

    return faulty


def gives_wrong_passes(make: Callable[..., Any]) -> Callable[..., Any]:
    """What gives a pass forward and one back."""

    def faulty(*arguments: Any, **options: Any) -> Any:
        forward, backward = make(*arguments, **options)
        return forward, _then_scaled(backward)

    return faulty


def gives_wrong_rules(make: Callable[..., Any]) -> Callable[..., Any]:
    """What takes a rule with a function: what the function is then called for is off."""

    class Faulty:
        def __init__(self, function: Callable[..., Any]) -> None:
            self.true = make(function)
            self.defjvp = getattr(self.true, "defjvp", None)
            self.defvjp = getattr(self.true, "defvjp", None)

        def __call__(self, *arguments: Any) -> Any:
            return scaled(self.true(*arguments))

    return Faulty


def has_no_effect(context: Callable[..., Any]) -> Callable[..., Any]:
    """What opens a context."""
    del context
    return lambda *_arguments: nullcontext()


def refuses(context: Callable[..., Any]) -> Callable[..., Any]:
    """What opens a context, and has no other way of going wrong in a program."""
    del context

    def faulty(*_arguments: Any) -> Any:
        raise TypeError("no context opens")

    return faulty


PLAIN: dict[str, tuple[Any, str, Wrong]] = {
    "jit": (jax, "jit", gives_wrong_functions),
    "checkpoint": (jax, "checkpoint", gives_wrong_functions),
    "named_call": (jax, "named_call", gives_wrong_functions),
    "custom_jvp": (jax, "custom_jvp", gives_wrong_rules),
    "custom_vjp": (jax, "custom_vjp", gives_wrong_rules),
    "scan": (jax.lax, "scan", gives_wrong_results),
    "fori_loop": (jax.lax, "fori_loop", gives_wrong_results),
    "cond": (jax.lax, "cond", gives_wrong_results),
    "grad": (jax, "grad", gives_wrong_functions),
    "value_and_grad": (jax, "value_and_grad", gives_wrong_functions),
    "jacfwd": (jax, "jacfwd", gives_wrong_functions),
    "jacrev": (jax, "jacrev", gives_wrong_functions),
    "hessian": (jax, "hessian", gives_wrong_functions),
    "vjp": (jax, "vjp", gives_wrong_linear_maps),
    "fwd_and_bwd": (jax, "fwd_and_bwd", gives_wrong_passes),
    "linear_transpose": (jax, "linear_transpose", gives_wrong_functions),
    "jvp": (jax, "jvp", gives_wrong_results),
    "linearize": (jax, "linearize", gives_wrong_linear_maps),
    "vmap": (jax, "vmap", gives_wrong_functions),
    "map": (jax.lax, "map", gives_wrong_results),
    "mean": (jnp, "mean", gives_wrong_results),
    "named_scope": (jax, "named_scope", refuses),
    "ensure_compile_time_eval": (jax, "ensure_compile_time_eval", has_no_effect),
}
"""Those that are read, without options."""

REFUSED = {"named_scope", "ensure_compile_time_eval"}
"""Those of them whose fault raises."""

FAULTS: dict[str, tuple[Any, str, Wrong]] = {
    name: PLAIN[without_options(name)]
    for name, step in TRANSFORMS.items()
    if without_options(name) in PLAIN and not step.only_called
}
"""By the name of the transformation: where JAX has it, under which name, and what becomes of it."""


@contextmanager
def wrongly(name: str) -> Iterator[None]:
    """A JAX in which that transformation is off in the tenth digit."""
    module, attribute, wrong = FAULTS[name]
    with patch.object(module, attribute, wrong(getattr(module, attribute))):
        yield
