"""Calls that trace a function again, with the reason that JAX's own log gives."""

from __future__ import annotations

from gradlaw.conformance.documents import COMPOSITION
from gradlaw.conformance.pitfalls.pitfall import ANY_RELEASE, Pitfall, Retraces, family
from gradlaw.conformance.pitfalls.sources import JIT, PROMOTION, PYTREES, STAGES

_OLD = ">=0.5,<0.6"
_NEW = ">=0.6"
_SAME_LINE = (
    "but seen another function defined on the same line; maybe the function is\n"
    "  being re-defined repeatedly, preventing caching?"
)
_COUNTED = "traces = []\ndef f(x, *rest, **options):\n    traces.append(1)\n    return x\n"


def _retraced(
    name: str,
    *,
    calls: str,
    traces: int,
    reasons: dict[str, str],
    remedy: str,
    remedied: str,
    source: str = JIT,
) -> Pitfall:
    """A pitfall of a jitted function that counts its traces; both codes end with the count.

    Args:
        name: its name.
        calls, remedied: code that calls ``f``.
        traces: how often that traces it; the remedy traces it once.
        reasons: the releases, and what JAX logs there.
        remedy: what to do, in words.
        source: the document that says so.
    """
    return Pitfall(
        name=name,
        misuse=f"{_COUNTED}{calls}\nlen(traces)",
        expects=tuple(
            Retraces(traces=traces, reason=reason, releases=releases)
            for releases, reason in reasons.items()
        ),
        remedy=remedy,
        remedied=f"{_COUNTED}{remedied}\nlen(traces)",
        right=1,
        source=source,
        modes=("eager",),
    )


RETRACING = family(
    "Retracing",
    _retraced(
        "retraced_for_each_length",
        calls="f = jax.jit(f)\nfor n in (1, 2, 3):\n    f(np.ones(n, np.float32))",
        traces=3,
        reasons={
            _OLD: "at x, seen f32[1], but now given f32[3]",
            _NEW: "at x, now f32[3] and before f32[1]",
        },
        remedy="Pad to one length, or to few.",
        remedied=(
            "f = jax.jit(f)\nfor n in (1, 2, 3):\n    f(np.pad(np.ones(n, np.float32), (0, 3 - n)))"
        ),
    ),
    _retraced(
        "retraced_for_each_dtype",
        calls="f = jax.jit(f)\nfor dtype in (np.float32, np.int32):\n    f(np.ones(2, dtype))",
        traces=2,
        reasons={
            _OLD: "at x, seen f32[2], but now given i32[2]",
            _NEW: "at x, now i32[2] and before f32[2]",
        },
        remedy="Cast to one dtype.",
        remedied=(
            "f = jax.jit(f)\n"
            "for dtype in (np.float32, np.int32):\n    f(np.ones(2, dtype).astype(np.float32))"
        ),
    ),
    _retraced(
        "retraced_for_a_python_number",
        calls="f = jax.jit(f)\nf(np.float32(3.0))\nf(3.0)",
        traces=2,
        reasons={
            _OLD: "at x, seen f32[]{weak_type=False}, but now given f32[]{weak_type=True}",
            _NEW: "at x, now f32[]{weak_type=True} and before f32[]{weak_type=False}",
        },
        remedy="A Python number is weakly typed: give it a dtype, here and there.",
        remedied="f = jax.jit(f)\nf(np.float32(3.0))\nf(np.float32(5.0))",
        source=PROMOTION,
    ),
    _retraced(
        "retraced_for_each_static_value",
        calls="f = jax.jit(f, static_argnums=1)\nfor step in range(3):\n    f(3.0, step)",
        traces=3,
        reasons={
            _OLD: "explanation unavailable!",
            ">=0.6,<0.9": "different value of static args:\n      now 1 and before 0",
            ">=0.9,<0.11": "Static(val=1) and before … Static(val=0), so the pytree node metadata",
            ">=0.11": "cache miss explanation unavailable",
        },
        remedy="What changes at each call is traced.",
        remedied="f = jax.jit(f)\nfor step in range(3):\n    f(3.0, step)",
    ),
    _retraced(
        "retraced_for_each_lambda",
        calls="for _ in range(3):\n    jax.jit(lambda x: f(x))(3.0)",
        traces=3,
        reasons={ANY_RELEASE: f"<lambda> id=… defined at …\n  {_SAME_LINE}"},
        remedy="Jit one function, outside the loop.",
        remedied="g = jax.jit(lambda x: f(x))\nfor _ in range(3):\n    g(3.0)",
        source=COMPOSITION,
    ),
    _retraced(
        "retraced_for_each_gradient",
        calls="for _ in range(3):\n    jax.jit(jax.grad(f))(3.0)",
        traces=3,
        reasons={ANY_RELEASE: f"f id=… defined at …\n  {_SAME_LINE}"},
        remedy="jax.grad makes a new function each time: make it once, outside the loop.",
        remedied="g = jax.jit(jax.grad(f))\nfor _ in range(3):\n    g(3.0)",
        source=COMPOSITION,
    ),
    _retraced(
        "retraced_for_each_partial",
        calls=(
            "from functools import partial\nfor _ in range(3):\n    jax.jit(partial(f, 3.0))(5.0)"
        ),
        traces=3,
        reasons={
            _OLD: f"functools.partial(<function f at …>, 3.0) id=… defined at …\n  {_SAME_LINE}",
            _NEW: f"f id=… defined at …\n  {_SAME_LINE}",
        },
        remedy="Make the partial once, or pass what it binds.",
        remedied="f = jax.jit(f)\nfor _ in range(3):\n    f(3.0, 5.0)",
    ),
    _retraced(
        "retraced_for_a_list",
        calls="f = jax.jit(f)\nf((3.0, 5.0))\nf([3.0, 5.0])",
        traces=2,
        reasons={
            _OLD: "never seen passing 1 positional args and 0 keyword args",
            _NEW: "now <class 'list'> and before <class 'tuple'>, so their Python types differ",
        },
        remedy="A list is another pytree than a tuple: keep to one.",
        remedied="f = jax.jit(f)\nf((3.0, 5.0))\nf((5.0, 3.0))",
        source=PYTREES,
    ),
    _retraced(
        "retraced_for_a_keyword",
        calls="f = jax.jit(f)\nf(3.0, y=5.0)\nf(3.0, 5.0)",
        traces=2,
        reasons={
            _OLD: "closest seen passes 1 keyword args with keys:\n    'y'",
            _NEW: "now tuple of length 2 and before tuple of length 1, so the lengths do not match",
        },
        remedy="Pass an argument always by position, or always by its name.",
        remedied="f = jax.jit(f)\nf(3.0, y=5.0)\nf(5.0, y=3.0)",
    ),
    _retraced(
        "retraced_for_none",
        calls="f = jax.jit(f)\nf(3.0, None)\nf(3.0, 5.0)",
        traces=2,
        reasons={
            _OLD: "never seen passing 2 positional args and 0 keyword args",
            _NEW: "now pytree leaf and before <class 'NoneType'>, so their Python types differ",
        },
        remedy="None is a tree without leaves: give a number that does nothing.",
        remedied="f = jax.jit(f)\nf(3.0, 0.0)\nf(3.0, 5.0)",
        source=PYTREES,
    ),
    _retraced(
        "retraced_for_another_precision",
        calls=("f = jax.jit(f)\nf(3.0)\nwith jax.default_matmul_precision('float32'):\n    f(3.0)"),
        traces=2,
        reasons={
            _OLD: "tracing context doesn't match, e.g. due to config or context manager",
            ">=0.6,<0.9": "due to config or context manager.…now float32 and before None",
            ">=0.9,<0.10.2": (
                "Tracing context doesn't match, e.g. due to config or context manager."
            ),
            ">=0.10.2": "jax_default_matmul_precision differs: now float32 and before None",
        },
        remedy="A setting is part of what is compiled: set it once, or say it in the call.",
        remedied="f = jax.jit(f)\nf(3.0)\nf(3.0)",
        source=STAGES,
    ),
)
