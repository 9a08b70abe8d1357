"""Calls that are timed, though what is timed is not the computation."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Yields, family
from gradlaw.conformance.pitfalls.sources import BENCHMARKING

_SLOW = """\
import time
f = jax.jit(lambda x: jax.lax.fori_loop(0, 20, lambda _, y: jnp.sin(y @ x), x))
x = jnp.ones((600, 600))
jax.block_until_ready(f(x))
start = time.perf_counter()
"""
_COMPARED = """measured = time.perf_counter() - start
jax.block_until_ready(y)
taken = time.perf_counter() - start
measured > taken / 2"""
_COUNTED = """\
traces = []
def f(x):
    traces.append(1)
    return x * x
f = jax.jit(f)
"""

TIMINGS = family(
    "Timings",
    Pitfall(
        name="timed_without_waiting",
        misuse=f"{_SLOW}y = f(x)\n{_COMPARED}",
        expects=(Yields(value=False),),
        remedy="A call returns before its result is there: time jax.block_until_ready(f(x)).",
        remedied=f"{_SLOW}y = jax.block_until_ready(f(x))\n{_COMPARED}",
        right=True,
        source=BENCHMARKING,
        modes=("eager",),
    ),
    Pitfall(
        name="timed_while_it_is_compiled",
        misuse=f"{_COUNTED}before = len(traces)\nf(3.0)\nlen(traces) - before",
        expects=(Yields(value=1),),
        remedy="The first call traces and compiles: call once before the clock is started.",
        remedied=f"{_COUNTED}f(3.0)\nbefore = len(traces)\nf(3.0)\nlen(traces) - before",
        right=0,
        source=BENCHMARKING,
        modes=("eager",),
    ),
)
