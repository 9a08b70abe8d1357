"""Profiles: how much is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How much a run draws.

    Attributes:
        plans: compiled plans for each node.
        examples: drawn for each plan.
        laws: one in so many laws of the table is called on each case with a formula, in one dtype,
            and on one that is heavy one in twice as many; the seed turns both wheels.
        dtypes: the laws that people use most are called in one in so many dtypes; in one alone
            where this is 0.
        readings: of how many kinds of laws (unbatched, batched, of second order) one is read for
            each traced case; the seed turns the wheel.
        every_reading: whether all of them are.
        called: of how many traced cases one is called, under one law in one dtype.
        screened: of how many traced cases one is screened in one dtype.
        programs: nodes of random programs.
        passed: examples of a reading that are drawn first, and passed over in most nodes.
        composed: one in so many traced cases that are called is called under a law of the lattice.
        ways: nodes of cases with a formula for each way of running a program.
        patience: processor time that reading a rule may take, in seconds.
        tries: examples of a node that may take long before others of their kind are passed over.
        convention_ways: groups of ways in which each convention's derivatives are computed,
            besides the first derivatives under jit; the seed turns the wheel.
    """

    plans: int
    examples: int
    laws: int = 1
    dtypes: int = 2
    readings: int = 3
    every_reading: bool = False
    called: int = 3
    screened: int = 1
    programs: int = 16
    passed: int = 0
    composed: int = 8
    ways: int = 6
    patience: float = 3.0
    tries: int = 2
    convention_ways: int = 1


PROFILES: dict[str, Profile] = {
    "quick": Profile(
        plans=1,
        examples=5,
        laws=3,
        dtypes=0,
        readings=1,
        called=24,
        screened=8,
        programs=2,
        passed=1,
        ways=1,
        patience=1.0,
        convention_ways=0,
    ),
    "default": Profile(plans=1, examples=5, passed=1),
    "thorough": Profile(
        plans=2,
        examples=60,
        dtypes=1,
        every_reading=True,
        called=1,
        programs=1600,
        ways=60,
        tries=20,
        convention_ways=9,
    ),
}
