"""The record of a point without a derivative, and what JAX gives there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from gradlaw.conformance.conventions.accepted import Accepted, rounded
from gradlaw.conformance.conventions.ways import FIRST, WAYS, Reading
from gradlaw.conformance.release_ranges import those_of

X = sympy.Symbol("x", real=True)
"""The variable of every convention's function."""


@dataclass(frozen=True, kw_only=True)
class Gives:
    """What JAX gives, and the releases for which that holds.

    Attributes:
        first: the first derivative, in each way of computing it.
        second: the second derivative likewise.
        otherwise: where a way gives something else: by the way's name (``"grad"``), which speaks
            of it under ``jit`` too unless that has an entry of its own (``"jit(grad)"``), or by
            way and dtype (``"grad bfloat16"``).
        releases: a version specifier (PEP 440).
    """

    first: float
    second: float
    otherwise: Mapping[str, float] = field(default_factory=dict)
    releases: str = ">=0.5"

    def value(self, reading: Reading) -> float:
        """What a reading must give, before it is rounded to its dtype."""
        for name in reading.names:
            if name in self.otherwise:
                return self.otherwise[name]
        return self.first if reading.order == 1 else self.second


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """What to write instead.

    Attributes:
        words: what it does.
        function: the same function but for what happens at the point; its first derivative there
            must be acceptable in every way. None where words are all there is.
    """

    words: str
    function: Callable[[Any], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Convention:
    """One function at one point.

    Attributes:
        name: unique; names the pytest node.
        function: of one real scalar; a lambda, whose source the report shows.
        point: where; exact in every dtype.
        sides: the function's closed form below and above the point, in the symbol ``X``; None on
            a side where it is not defined.
        accepts: what a mathematician accepts for the first derivative.
        accepts_second: and for the second.
        gives: what JAX gives, once for each range of releases.
        why: how JAX comes to its value.
        remedy: what to do where that is not what one wants.
        source: the document or the source file that says so.
        dtypes: what it is read in.
        ways: in which ways, where all would cost too much.
    """

    name: str
    function: Callable[[Any], Any]
    point: float
    sides: tuple[Any, Any]
    accepts: Accepted
    accepts_second: Accepted
    gives: tuple[Gives, ...]
    why: str
    remedy: Remedy | None = None
    source: str
    dtypes: tuple[str, ...] = ("float32", "float64", "bfloat16")
    ways: tuple[str, ...] = tuple(WAYS)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every way in float32, under jit and not; of first order and under jit in other dtypes."""
        return tuple(reading for group in self.groups for reading in group)

    @property
    def groups(self) -> tuple[tuple[Reading, ...], ...]:
        """The readings, those first that every run reads: the first derivatives under jit."""
        first = [way for way in self.ways if way in FIRST]
        second = [way for way in self.ways if way not in FIRST]
        return (
            tuple(Reading(way=way, jitted=True) for way in first),
            tuple(Reading(way=way, jitted=True) for way in second),
            tuple(Reading(way=way) for way in first),
            tuple(Reading(way=way) for way in second),
            *(
                tuple(Reading(way=way, dtype=dtype, jitted=True) for way in first)
                for dtype in self.dtypes
                if dtype != "float32"
            ),
        )

    def drawn(self, turn: int, share: int) -> tuple[Reading, ...]:
        """The readings of a run: the first group, and so many others, from the turn's on.

        Args:
            turn: of the wheel.
            share: how many groups; more than there are give all.
        """
        always, *others = self.groups
        chosen = {(turn + step) % len(others) for step in range(share)}
        return (*always, *(reading for place in sorted(chosen) for reading in others[place]))

    def expected(self, release: str) -> Gives:
        """What this release of JAX must give.

        Args:
            release: a version, as ``jax.__version__`` gives it.

        Raises:
            LookupError: no entry, or more than one, speaks of this release.
        """
        held = those_of(self.gives, release)
        if len(held) != 1:
            ranges = ", ".join(given.releases for given in self.gives)
            raise LookupError(
                f"convention {self.name}: {len(held)} of its ranges ({ranges}) hold JAX {release}; "
                "give each release exactly one"
            )
        return held[0]

    def stated(self, release: str) -> dict[Reading, float]:
        """What every reading must give on a release, as its dtype has it.

        Args:
            release: a version, as ``jax.__version__`` gives it.

        Raises:
            LookupError: no entry, or more than one, speaks of this release.
        """
        expected = self.expected(release)
        return {one: rounded(expected.value(one), one.dtype) for one in self.readings}


def same(left: float, right: float) -> bool:
    """Whether two numbers are one, bit by bit; any NaN stands for any other, zeros have a sign."""
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    return left == right and math.copysign(1.0, left) == math.copysign(1.0, right)
