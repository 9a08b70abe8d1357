"""Which device laws a run judges: on which cases, dtypes and numbers of devices."""

from __future__ import annotations

from collections.abc import Iterator

from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import CASES, FORMULATED
from gradlaw.conformance.cases.families import family
from gradlaw.conformance.devices.laws import DEVICE_LAWS, DeviceLaw
from gradlaw.conformance.devices.repeating import REPETITIONS, How
from gradlaw.conformance.laws import Law
from gradlaw.conformance.plan import applies

COUNTS = (1, 2, 4, 8)
"""Devices of a mesh."""

SHARED_COUNT = 4
"""Devices of the mesh that two processes hold."""

DTYPES = ("float32", "bfloat16", "float64", "float16")

Node = tuple[Case, DeviceLaw, int, str]
"""Case, law, devices, dtype."""

BY_ALL = (
    "jit(mean(vmap(grad)))",
    "jit(grad(mean(vmap)))",
    "jit(shard_map(pvary(pmean(mean(vmap(grad))))))",
    "jit(grad(shard_map(psum(mean(vmap)))))",
)
"""The laws that two processes are asked: a mean over what both hold."""

_SHARES = {"quick": (3, 1), "default": (1, 2), "thorough": (1, 4)}
"""Of so many laws one, and that on so many numbers of devices."""

_STRIDE = 5
"""Through the cases, whose number is no multiple of it: neighbours are alike."""

_APART = 37
"""The same, through the cases of which programs are read again."""


def device_nodes(profile: str, seed: int) -> Iterator[Node]:
    """Every law on some numbers of devices, always the most among them; the seed turns the wheels.

    A heavy case, which compiles for seconds, meets one law, and none in a quick run.

    Args:
        profile: of the run.
        seed: of the run.
    """
    share, counts = _SHARES[profile]
    laws = [law for law in DEVICE_LAWS if law.present]
    for place, law in enumerate(laws):
        if (seed + place) % share == 0:
            cases = [case for case in FORMULATED if law.met_by(case) and not case.heavy]
            turned = [COUNTS[(seed + place + turn) % 3] for turn in range(counts - 1)]
            for turn, devices in enumerate(sorted({COUNTS[-1], *turned})):
                wheel = seed + 7 * place + _STRIDE * turn
                dtype = DTYPES[(seed + place + turn) % len(DTYPES)]
                yield cases[wheel % len(cases)], law, devices, dtype
    if profile != "quick":
        for place, case in enumerate(case for case in FORMULATED if case.heavy):
            met = [law for law in laws if law.met_by(case)]
            yield case, met[(seed + place) % len(met)], COUNTS[-1], DTYPES[0]


def shared_nodes(profile: str, seed: int) -> Iterator[Node]:
    """The laws that two processes are asked; one of them in a quick run."""
    for place, law in enumerate(law for law in DEVICE_LAWS if law.name in BY_ALL):
        if law.placement != "batch" or (profile == "quick" and (seed + place) % len(BY_ALL)):
            continue
        cases = [case for case in FORMULATED if law.met_by(case) and not case.heavy]
        case = cases[(seed + _STRIDE * place) % len(cases)]
        yield case, law, SHARED_COUNT, DTYPES[(seed + place) % 2 * 2]


REPEATED = (
    "jit(grad)",
    "jit(vmap(grad))",
    "jit(value_and_grad)",
    "jit(grad(mean(vmap)))",
    "jit(vmap(value_and_grad))",
    "jit(mean(vmap(grad)))",
)
"""Compiled laws that are called again."""

Repeated = tuple[Case, Law, How, str]
"""Case, law, how it is called, dtype."""


READ_AGAIN = (
    frozenset({"control_flow", "implicit"}),
    frozenset({"linear_algebra", "degenerate_matrices"}),
)
"""Families of which a program that was kept is read: what calls itself, and what calls others."""

_READ_AGAIN = {"quick": 2, "default": 12, "thorough": 60}
"""How many are."""


def repeated_nodes(profile: str, seed: int) -> Iterator[Repeated]:
    """Each way of calling again on every law, or on one in a quick run."""
    chosen = REPEATED[seed % len(REPEATED) :][:1] if profile == "quick" else REPEATED
    for turn, how in enumerate(REPETITIONS[:-1]):
        for place, name in enumerate(chosen):
            law = Law(name=name)
            cases = [case for case in FORMULATED if applies(case, law) and not case.heavy]
            wheel = seed + _STRIDE * place + 7 * turn
            yield cases[wheel % len(cases)], law, how, DTYPES[(wheel + turn) % len(DTYPES)]
    yield from _kept_programs(_READ_AGAIN[profile], seed)


def _kept_programs(count: int, seed: int) -> Iterator[Repeated]:
    """Loops and factorisations in turn, of the catalogue and with a formula."""
    groups = [[case for case in CASES if family(case) in each] for each in READ_AGAIN]
    for place in range(count):
        wheel, group = seed * count + place, groups[place % len(groups)]
        case = group[wheel // len(groups) * _APART % len(group)]
        laws = [Law(name=name) for name in (*REPEATED, "jit(jacfwd)")]
        met = [law for law in laws if applies(case, law)]
        dtypes = [dtype for dtype in DTYPES if dtype in case.dtypes]
        yield case, met[wheel % len(met)], REPETITIONS[-1], dtypes[wheel % len(dtypes)]
