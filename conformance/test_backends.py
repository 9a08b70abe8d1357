"""Where several platforms are judged: the same numbers on each, in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from gradlaw import installation, options
from gradlaw.conformance.case import Case
from gradlaw.conformance.cases import FORMULATED
from gradlaw.conformance.devices.backends import PRECISIONS, BackendsExamination, Precision
from gradlaw.conformance.laws import Law
from gradlaw.conformance.plan import applies
from gradlaw.conformance.profiles import PROFILES
from gradlaw.reports.record import Failure, Record

LAWS = ("jit(grad)", "jit(vmap(grad))", "jit(value_and_grad)", "jit(grad(mean(vmap)))")
DTYPES = ("float32", "bfloat16", "float16", "float64")
EXAMPLES = 4

Node = tuple[Case, Law, Precision, str]


def nodes(seed: int) -> Iterator[Node]:
    """Each case at each precision, under the next law in the next dtype; the seed turns the wheel.

    Float32, whose products a GPU takes in fewer bits, comes at each precision.
    """
    for place, case in enumerate(case for case in FORMULATED if not case.heavy):
        laws = [law for law in map(_law, LAWS) if applies(case, law)]
        for turn, precision in enumerate(PRECISIONS):
            wheel = seed + place + turn
            dtype = "float32" if place % 2 else DTYPES[wheel % len(DTYPES)]
            yield case, laws[wheel % len(laws)], precision, dtype


def _law(name: str) -> Law:
    return Law(name=name)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One node for each, where there is more than one platform to compare."""
    platforms = options.backends(metafunc.config)
    found = list(nodes(metafunc.config.option.seed)) if len(platforms) > 1 else []
    together = " and ".join(platforms)
    metafunc.parametrize(
        "node",
        found,
        ids=[f"{c.name}-{law.name} at {p} precision-{d}-{together}" for c, law, p, d in found],
    )


def test_backends(
    node: Node, request: pytest.FixtureRequest, keep: Callable[[Record], None]
) -> None:
    """Judge one law on every platform at the same numbers."""
    case, law, precision, dtype = node
    config = request.config
    platforms = tuple(options.backends(config))
    if absent := [name for name in platforms if not installation.is_present(name)]:
        line = installation.absent_backend(absent[0])
        failure = Failure(verdict="skipped", explanation=line)
        keep(
            Record(
                node="", room="device", subject=case.name, verdict="skipped", failures=(failure,)
            )
        )
        pytest.skip(line)  # recorded just above
    profile = replace(PROFILES[config.option.profile], plans=1, examples=EXAMPLES)
    examination = BackendsExamination(
        case=case,
        law=law,
        dtype=dtype,
        backend=platforms[0],
        backends=platforms,
        precision=precision,
        seed=config.option.seed,
        profile=profile,
        passed=1,
    )
    keep(examination.record())
