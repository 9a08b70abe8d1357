"""Functions that keep, read or change something beside their arguments, and a pole unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from gradlaw.conformance.documents import REVISITED
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises


def _leaking() -> Callable[..., object]:
    kept = []

    def double(x: Any) -> Any:
        kept.append(x)
        return 2.0 * x

    jax.jit(double)(3.0)
    return lambda: kept[0] + 1.0


def _returning() -> object:
    kept, doubled = jax.jit(lambda x: (x, 2.0 * x))(3.0)
    return kept + 1.0, doubled


def _closing_over() -> Callable[..., object]:
    def before_and_after(x: Any) -> tuple[Any, Any]:
        scale = [2.0]
        scaled = jax.jit(lambda v: v * scale[0])
        before = scaled(x)
        scale[0] = 5.0
        return before, scaled(x)

    return before_and_after


def _scale_passed() -> object:
    scaled = jax.jit(lambda v, scale: v * scale)
    return scaled(3.0, 2.0), scaled(3.0, 5.0)


def _logging() -> Callable[..., object]:
    def calls_logged(x: Any) -> int:
        log = []

        def squared(v: Any) -> Any:
            log.append("called")
            return v * v

        jitted = jax.jit(squared)
        for _ in range(3):
            jitted(x)
        return len(log)

    return calls_logged


def _logging_by_callback() -> int:
    log: list[str] = []

    def squared(v: Any) -> Any:
        jax.debug.callback(lambda: log.append("called"))
        return v * v

    jitted = jax.jit(squared)
    for _ in range(3):
        jax.block_until_ready(jitted(3.0))
    jax.effects_barrier()
    return len(log)


def _log_where(x: Any) -> Any:
    return jnp.sum(jnp.where(x > -1.0, jnp.log(x + 1.0), 0.0))


def _log_where_inside(x: Any) -> Any:
    inside = x > -1.0
    return jnp.sum(jnp.where(inside, jnp.log(jnp.where(inside, x, 0.0) + 1.0), 0.0))


IMPURE = (
    Pitfall(
        name="leaked_tracer",
        misuse=(
            "kept = []\n"
            "def double(x):\n"
            "    kept.append(x)\n"
            "    return 2.0 * x\n"
            "jax.jit(double)(3.0)\n"
            "kept[0] + 1.0"
        ),
        wrap=_leaking,
        raises=(
            Raises(
                error="UnexpectedTracerError",
                message=(
                    r"Encountered an unexpected tracer\. A function transformed by JAX had a side "
                    r"effect, allowing for a reference to an intermediate value with type "
                    r"float(32|64)\[\] wrapped in a DynamicJaxprTracer to escape the scope of the "
                    r"transformation\.\n"
                    r"JAX transformations require that functions explicitly return their outputs, "
                    r"and disallow saving intermediate values to global state\.\n"
                    r"The function being traced when the value leaked was double at .+:\d+ traced "
                    r"for jit\.\n.*"
                    r"See https://\S+#jax\.errors\.UnexpectedTracerError"
                ),
                phase="call",
            ),
        ),
        remedy="Return whatever is wanted later.",
        remedied=_returning,
        right=(4.0, 6.0),
        source=REVISITED,
    ),
    Pitfall(
        name="changed_closure",
        misuse=(
            "scale = [2.0]\n"
            "scaled = jax.jit(lambda v: v * scale[0])\n"
            "before = scaled(3.0)\n"
            "scale[0] = 5.0\n"
            "before, scaled(3.0)  # both 6.0"
        ),
        wrap=_closing_over,
        arguments=lambda: (3.0,),
        yields=(6.0, 6.0),
        remedy="Pass what changes as an argument.",
        remedied=_scale_passed,
        right=(6.0, 15.0),
        source=REVISITED,
    ),
    Pitfall(
        name="side_effect_under_jit",
        misuse=(
            "log = []\n"
            "squared = jax.jit(lambda v: (log.append('called'), v * v)[1])\n"
            "[squared(3.0) for _ in range(3)]\n"
            "len(log)  # 1, not 3"
        ),
        wrap=_logging,
        arguments=lambda: (3.0,),
        yields=1,
        remedy="jax.debug.print and jax.debug.callback run at each call.",
        remedied=_logging_by_callback,
        right=3,
        source=REVISITED,
    ),
    Pitfall(
        name="where_beside_a_pole",
        misuse=(
            "f = lambda x: jnp.sum(jnp.where(x > -1.0, jnp.log(x + 1.0), 0.0))\n"
            "jax.grad(f)(jnp.array([1.0, -1.0]))  # [0.5, nan]"
        ),
        wrap=lambda: jax.grad(_log_where),
        arguments=lambda: (jnp.array([1.0, -1.0]),),
        yields=[0.5, float("nan")],
        remedy="Replace the argument too: both branches are differentiated, and 0 × ∞ is NaN.",
        remedied=lambda: jax.grad(_log_where_inside)(jnp.array([1.0, -1.0])),
        right=[0.5, 0.0],
        source=REVISITED,
    ),
)
