"""Programs of several devices are read as JAX computes them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gradlaw.conformance.devices.releases import has
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.interpreter import communication
from gradlaw.oracles.interpreter.meshes import Devices


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """What the process with eight devices found."""
    here = Path(__file__).parent
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(here), str(here.parent), *sys.path]),
        "XLA_FLAGS": "--xla_force_host_platform_device_count=8",
        "JAX_PLATFORMS": "cpu",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "structural.meshes"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout.splitlines()[-1])
    return found


def test_every_program_is_read_as_jax_computes_it(told: dict[str, dict[str, Any]]) -> None:
    assert len(told["differences"]) >= 20 + 3 * has("pmap")
    assert not {name: why for name, why in told["differences"].items() if why}


def test_a_wrong_reading_of_any_collective_is_found(told: dict[str, dict[str, Any]]) -> None:
    assert {name.split()[0] for name in told["noticed"]} >= {
        *("psum", "pmax", "pmin", "ppermute", "all_gather", "reduce_scatter", "all_to_all"),
        "axis_index",
    }
    assert all(told["noticed"].values()), told["noticed"]


def test_devices_are_numbered_in_the_order_of_the_named_axes() -> None:
    devices = Devices(sizes={"i": 2, "j": 3})
    assert [devices.index(device, ("i", "j")) for device in range(6)] == [0, 1, 2, 3, 4, 5]
    assert [devices.index(device, ("j", "i")) for device in range(6)] == [0, 2, 4, 1, 3, 5]
    assert devices.group(4, ("i",)) == [1, 4]
    assert devices.group(4, ("j", "i")) == [0, 3, 1, 4, 2, 5]


def test_a_sum_over_devices_may_round_in_any_order() -> None:
    """The rule of psum is that of any sum of as many terms, in whatever order."""
    numbers, u = [1.0, 2.0**-8, 2.0**-8, -1.0, 2.0**-8, 3.0, 5.0, 7.0], 2.0**-8
    domain = Rounded("cpu")
    terms = [domain.constant(number, "bfloat16", literal=False) for number in numbers]
    total = domain.sum(terms, "bfloat16")
    allowed = (len(numbers) - 1) * u * sum(map(abs, numbers))
    assert float(total.rad()) == pytest.approx(allowed, rel=0.01)
    assert communication.COLLECTIVES["psum"] is communication.COLLECTIVES["psum_invariant"]
