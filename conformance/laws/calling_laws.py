"""Laws of the lattice that are called: compiled as one, or run in another of JAX's ways."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random

from gradlaw.conformance.laws.composition import Law
from gradlaw.conformance.laws.drawing import TRIED
from gradlaw.conformance.laws.lattice import DEPTH, lattice, with_options
from gradlaw.conformance.laws.table import LAWS
from gradlaw.conformance.laws.transforms import TRANSFORMS

OF_EXPORTED = (
    "grad(export)",
    "value_and_grad(export)",
    "vjp(export)",
    "jit(grad(export))",
    "jit(value_and_grad(export))",
    "grad(jit(export))",
)
"""An exported program differentiated, by the VJP that it was exported with."""

HIGHEST = 2
"""Order up to which it is known what rounding costs."""


def ways() -> tuple[str, ...]:
    """How programs are run: compiled, in the ways of running there are, and by an exported VJP."""
    own = tuple(name for name, step in TRANSFORMS.items() if step.only_called)
    return ("jit", *own, *(("of export",) if "export" in TRANSFORMS else ()))


def drawn_called(way: str, chance: Random) -> Iterator[Law]:
    """Laws that run in a way, some of them with an option.

    Args:
        way: one of :func:`ways`.
        chance: what they are drawn by.
    """
    pool = _pool(way)
    for law in chance.sample(pool, min(TRIED, len(pool))):
        others = list(with_options(law)) if chance.random() < 1 / 2 else []
        yield chance.choice(others) if others else law


@cache
def _pool(way: str) -> list[Law]:
    """Compositions of at most two transformations, run in that way."""
    if way == "of export":
        return [Law(name=name) for name in OF_EXPORTED]
    within = [
        law.name
        for law in (*lattice(), *LAWS)
        if len(law.transforms) < DEPTH
        and law.equals.order <= HIGHEST
        and not (way != "disable_jit" and law.compiled)
        and "mean" not in law.transforms
    ]
    found = [Law(name=f"{way}({name})") for name in dict.fromkeys(within)]
    return [law for law in found if law not in LAWS]
