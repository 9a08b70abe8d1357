"""Calls that trace a function again, with the reason that JAX's own log gives."""

from __future__ import annotations

from gradlaw.conformance.documents import COMPOSITION
from gradlaw.conformance.pitfalls.pitfall import Pitfall, family
from gradlaw.conformance.pitfalls.sources import JIT, PROMOTION, PYTREES, STAGES

_COUNTED = "traces = []\ndef f(x, *rest, **options):\n    traces.append(1)\n    return x\n"


def _retraced(
    name: str,
    *,
    calls: str,
    remedy: str,
    remedied: str,
    right: int = 1,
    source: str = JIT,
) -> Pitfall:
    """A pitfall of a jitted function that counts its traces; both codes end with the count."""
    return Pitfall(
        name=name,
        misuse=f"{_COUNTED}{calls}\nlen(traces)",
        expects=(),
        remedy=remedy,
        remedied=f"{_COUNTED}{remedied}\nlen(traces)",
        right=right,
        source=source,
        modes=("eager",),
    )


RETRACING = family(
    "Retracing",
    _retraced(
        "retraced_for_each_length",
        calls="f = jax.jit(f)\nfor n in (1, 2, 3):\n    f(np.ones(n, np.float32))",
        remedy="Pad to one length, or to few.",
        remedied=(
            "f = jax.jit(f)\nfor n in (1, 2, 3):\n    f(np.pad(np.ones(n, np.float32), (0, 3 - n)))"
        ),
    ),
    _retraced(
        "retraced_for_each_dtype",
        calls="f = jax.jit(f)\nfor dtype in (np.float32, np.int32):\n    f(np.ones(2, dtype))",
        remedy="Cast to one dtype.",
        remedied=(
            "f = jax.jit(f)\n"
            "for dtype in (np.float32, np.int32):\n    f(np.ones(2, dtype).astype(np.float32))"
        ),
    ),
    _retraced(
        "retraced_for_a_python_number",
        calls="f = jax.jit(f)\nf(np.float32(3.0))\nf(3.0)",
        remedy="A Python number is weakly typed: give it a dtype, here and there.",
        remedied="f = jax.jit(f)\nf(np.float32(3.0))\nf(np.float32(5.0))",
        source=PROMOTION,
    ),
    _retraced(
        "retraced_for_each_static_value",
        calls="f = jax.jit(f, static_argnums=1)\nfor step in range(3):\n    f(3.0, step)",
        remedy="What changes at each call is traced.",
        remedied="f = jax.jit(f)\nfor step in range(3):\n    f(3.0, step)",
    ),
    _retraced(
        "retraced_for_each_lambda",
        calls="for _ in range(3):\n    jax.jit(lambda x: f(x))(3.0)",
        remedy="Jit one function, outside the loop.",
        remedied="g = jax.jit(lambda x: f(x))\nfor _ in range(3):\n    g(3.0)",
        source=COMPOSITION,
    ),
    _retraced(
        "retraced_for_each_gradient",
        calls="for _ in range(3):\n    jax.jit(jax.grad(f))(3.0)",
        remedy="jax.grad makes a new function each time: make it once, outside the loop.",
        remedied="g = jax.jit(jax.grad(f))\nfor _ in range(3):\n    g(3.0)",
        source=COMPOSITION,
    ),
    _retraced(
        "retraced_for_each_partial",
        calls=(
            "from functools import partial\n"
            "for _ in range(3):\n    jax.jit(partial(f, 3.0))(5.0)"
        ),
        remedy="Make the partial once, or pass what it binds.",
        remedied="f = jax.jit(f)\nfor _ in range(3):\n    f(3.0, 5.0)",
    ),
    _retraced(
        "retraced_for_a_list",
        calls="f = jax.jit(f)\nf((3.0, 5.0))\nf([3.0, 5.0])",
        remedy="A list is another pytree than a tuple: keep to one.",
        remedied="f = jax.jit(f)\nf((3.0, 5.0))\nf((5.0, 3.0))",
        source=PYTREES,
    ),
    _retraced(
        "retraced_for_a_keyword",
        calls="f = jax.jit(f)\nf(3.0, y=5.0)\nf(3.0, 5.0)",
        remedy="Pass an argument always by position, or always by its name.",
        remedied="f = jax.jit(f)\nf(3.0, y=5.0)\nf(5.0, y=3.0)",
    ),
    _retraced(
        "retraced_for_none",
        calls="f = jax.jit(f)\nf(3.0, None)\nf(3.0, 5.0)",
        remedy="None is a tree without leaves: give a number that does nothing.",
        remedied="f = jax.jit(f)\nf(3.0, 0.0)\nf(3.0, 5.0)",
        source=PYTREES,
    ),
    _retraced(
        "retraced_for_another_precision",
        calls=(
            "f = jax.jit(f)\n"
            "f(3.0)\n"
            "with jax.default_matmul_precision('float32'):\n"
            "    f(3.0)"
        ),
        remedy="A setting is part of what is compiled: set it once, or say it in the call.",
        remedied="f = jax.jit(f)\nf(3.0)\nf(3.0)",
        source=STAGES,
    ),
)
