"""What each law costs: its first call, later ones, and the memory that its program asks for.

``python -m gradlaw.conformance.bench.timings`` prints a page; nothing is asserted of times.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

SMALL, LARGE = 1_000, 100_000
"""Examples in a batch."""

FEATURES = 4

LAWS = (
    "grad",
    "jit(grad)",
    "vmap(grad)",
    "jit(vmap(grad))",
    "vmap(jit(grad))",
    "jit(vmap(value_and_grad))",
    "jit(vmap(jacfwd))",
    "jit(vmap(jacrev))",
    "grad(mean(vmap))",
    "jit(grad(mean(vmap)))",
    "jit(grad(mean(vmap(checkpoint))))",
)
"""Laws of the page; those without a batch take the mean over all examples at once."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a law costs at a batch of ``LARGE`` examples.

    Attributes:
        law: its name.
        first: seconds of wall time of the first call, compilation included.
        later: of a later one, the median of several.
        memory: bytes of arguments, results and temporaries, as the compiler has it, where the law
            is compiled as one.
        growth: how many times as much that is as at ``SMALL`` examples; None where the compiler
            tells nothing.
    """

    law: str
    first: float
    later: float
    memory: int | None
    growth: float | None


def measure(laws: Sequence[str] = LAWS, repeats: int = 5) -> list[Cost]:
    """The costs of laws, one after another, in float32.

    Args:
        laws: names.
        repeats: later calls of each.
    """
    return [_cost(law, repeats) for law in laws]


def page(costs: Sequence[Cost]) -> Any:
    """The costs as a table, in ratios."""
    from rich.table import Table

    fastest = min(cost.later for cost in costs)
    grid = Table(show_edge=False, pad_edge=False)
    grid.add_column("law")
    heads = ("first / later call", "later / fastest law's", "MB", f"memory / at {SMALL:,} examples")
    for head in heads:
        grid.add_column(head, justify="right")
    for cost in costs:
        grid.add_row(
            cost.law,
            f"{cost.first / cost.later:,.1f}",
            f"{cost.later / fastest:,.1f}",
            "-" if cost.memory is None else f"{cost.memory / 1e6:,.1f}",
            "-" if cost.growth is None else f"{cost.growth:,.1f}",
        )
    return grid


def claims(costs: Sequence[Cost]) -> list[str]:
    """What tutorials say of speed and memory, beside what was measured here."""
    by_law = {cost.law: cost for cost in costs}
    lines: list[str] = []
    if {"vmap(grad)", "jit(vmap(grad))"} <= by_law.keys():
        gain = by_law["vmap(grad)"].later / by_law["jit(vmap(grad))"].later
        lines.append(f"jit(vmap(grad)) is faster than vmap(grad): here {gain:,.1f} times")
    if "jit(grad)" in by_law:
        gain = by_law["jit(grad)"].first / by_law["jit(grad)"].later
        lines.append(
            f"later calls are faster than the first: here, of jit(grad), {gain:,.1f} times"
        )
    if (cost := by_law.get("jit(vmap(grad))")) is not None and cost.growth is not None:
        lines.append(
            f"memory grows with the batch: here {LARGE // SMALL} times the examples take "
            f"{cost.growth:,.1f} times the memory"
        )
    return lines


def _loss(w: Any, b: Any, x: Any, y: Any) -> Any:
    import jax.numpy as jnp

    return jnp.mean((jnp.tanh(x @ w + b) - y) ** 2)


def _cost(law: str, repeats: int) -> Cost:
    import jax

    function, arguments = _composed(law), _arguments(LARGE)
    first = _seconds(lambda: jax.block_until_ready(function(*arguments)))
    later = median(
        _seconds(lambda: jax.block_until_ready(function(*arguments))) for _ in range(repeats)
    )
    large, small = (_memory(law, size) for size in (LARGE, SMALL))
    growth = large / small if large and small else None
    return Cost(law=law, first=first, later=later, memory=large or None, growth=growth)


def _composed(law: str) -> Callable[..., Any]:
    from gradlaw.conformance.laws import Law
    from gradlaw.conformance.laws.transform import Axes

    axes = Axes(argnums=0, outer_argnums=0, in_axes=(None, None, 0, 0), batch=LARGE)
    return Law(name=law).compose(_loss, axes, called=True)


def _arguments(size: int) -> tuple[Any, ...]:
    import jax.numpy as jnp
    import numpy as np

    generator = np.random.default_rng(0)
    shapes = (FEATURES,), (), (size, FEATURES), (size,)
    return tuple(jnp.asarray(generator.standard_normal(shape), jnp.float32) for shape in shapes)


def _memory(law: str, size: int) -> int:
    """Bytes that the compiled program asks for; 0 where the compiler does not say."""
    import jax

    compiled = jax.jit(_composed(law)).lower(*_arguments(size)).compile()
    found = compiled.memory_analysis()
    if found is None:
        return 0
    parts = ("argument_size_in_bytes", "output_size_in_bytes", "temp_size_in_bytes")
    return sum(int(getattr(found, part, 0)) for part in parts)


def _seconds(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m gradlaw.conformance.bench.timings")
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="later calls of a law")
    options = parser.parse_args(arguments)

    import jax
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    costs = measure(repeats=options.repeats)
    console.print(f"JAX {jax.__version__} on {jax.default_backend()}, {LARGE:,} examples")
    console.print(page(costs))
    for line in claims(costs):
        console.print(f"Tutorials: {line}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
