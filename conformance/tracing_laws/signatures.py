"""What a trace belongs to: weak types, containers, static values, shardings, the 64-bit flag."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from gradlaw.conformance.documents import COMPILATION
from gradlaw.conformance.laws.releases import explicit_mesh
from gradlaw.conformance.release_ranges import holds
from gradlaw.conformance.tracing import Counted, Run, TracingLaw
from gradlaw.conformance.tracing_laws.counting import OTHER, ROW, gradient, jit, on, sum_of_squares
from gradlaw.oracles.x64 import x64

JIT = "JAX documentation, Just-in-time compilation"
PYTREES = "JAX documentation, Pytrees"


@dataclass(frozen=True)
class Scale:
    """A static argument that is equal to another where its factor is."""

    factor: int


def _of_flag(transformed: Any) -> Run:
    counted = Counted(sum_of_squares)
    call = transformed(counted.function)
    found: list[Any] = []
    for wide, row in ((False, ROW), (True, OTHER), (False, OTHER), (True, ROW)):
        with x64(wide):
            found.append(call(np.array(row, np.float32)))
    return Run(traces=counted.traces, results=tuple(found))


def _sharded(mesh: Any) -> Run:
    counted = Counted(sum_of_squares)
    jitted = cast("Any", jax.jit(jax.grad(counted.function)))
    found: list[Any] = []
    for row, spec in ((ROW, ("d",)), (OTHER, ()), (ROW, ("d",)), (OTHER, ())):
        sharding = NamedSharding(mesh, PartitionSpec(*spec))
        found.append(jitted(jax.device_put(jnp.array(row), sharding)))
    return Run(traces=counted.traces, results=tuple(found))


def _one_device(**options: Any) -> Mesh:
    return Mesh(np.array(jax.devices()[:1]), ("d",), **options)


_EXPLICIT = not holds("<0.5.1", jax.__version__)
"""Whether shardings can be explicit; in 0.5.0 they are visible at most."""


def _explicit_mesh() -> Any:
    """A mesh whose shardings are as explicit as the release has them."""
    mesh = explicit_mesh()
    if mesh is not None:
        return mesh
    older: Any = jax.sharding
    kind = older.AxisTypes.Explicit if _EXPLICIT else older.AxisTypes.Visible
    return _one_device(axis_types={kind: "d"})


SIGNATURES: tuple[TracingLaw, ...] = (
    TracingLaw(
        name="python_numbers-jit",
        statement="Python floats of different values share one trace.",
        expected=1,
        results=(4.0, 9.0),
        run=lambda: on(lambda x: x * x, [(2.0,), (3.0,)]),
        source=COMPILATION,
    ),
    TracingLaw(
        name="weak_and_strong_type-jit",
        statement="A Python float (weakly typed) and a float32 scalar are traced apart.",
        expected=2,
        results=(4.0, 9.0, 16.0),
        run=lambda: on(lambda x: x * x, [(2.0,), (jnp.float32(3.0),), (4.0,)]),
        source="JAX documentation, Type promotion semantics: Weak types",
    ),
    TracingLaw(
        name="numpy_and_jax_arrays-jit",
        statement="A NumPy array and a JAX array of one shape and dtype share one trace.",
        expected=1,
        results=([1.0, 4.0, 16.0], [9.0, 25.0, 1.0]),
        run=lambda: on(
            lambda x: x * x,
            [(np.array(ROW, np.float32),), (jnp.array(OTHER, jnp.float32),)],
        ),
        source=COMPILATION,
    ),
    TracingLaw(
        name="containers-jit",
        statement="A tuple and a list of the same numbers are traced apart.",
        expected=2,
        results=(6.0, 20.0, 10.0),
        run=lambda: on(
            lambda params: params[0] * params[1], [((2.0, 3.0),), ([4.0, 5.0],), ((5.0, 2.0),)]
        ),
        source=PYTREES,
    ),
    TracingLaw(
        name="order_of_keys-jit",
        statement="Dictionaries with the same keys, set in any order, share one trace.",
        expected=1,
        results=(1.0, 4.0),
        run=lambda: on(
            lambda p: p["b"] - p["a"], [({"a": 2.0, "b": 3.0},), ({"b": 9.0, "a": 5.0},)]
        ),
        source=PYTREES,
    ),
    TracingLaw(
        name="none_in_a_container-jit",
        statement="None is part of a pytree's structure: with it and without are traced apart.",
        expected=2,
        results=(2.0, 10.0, 3.0),
        run=lambda: on(
            lambda p: p["a"] * (1 if "b" in p else 2),
            [({"a": 1.0},), ({"a": 10.0, "b": None},), ({"a": 1.5},)],
        ),
        source=PYTREES,
    ),
    TracingLaw(
        name="static_argument-jit",
        statement="Each new value of a static argument traces f once.",
        expected=2,
        results=(6.0, 15.0, 8.0),
        run=lambda: on(
            lambda x, scale: x * scale, [(3.0, 2), (3.0, 5), (4.0, 2)], static_argnums=1
        ),
        source=JIT,
    ),
    TracingLaw(
        name="equal_static_arguments-jit",
        statement="Static arguments that are equal and hash alike share one trace.",
        expected=2,
        results=(6.0, 8.0, 15.0, 10.0),
        run=lambda: on(
            lambda x, scale: x * scale.factor,
            [(3.0, Scale(2)), (4.0, Scale(2)), (3.0, Scale(5)), (5.0, Scale(2))],
            static_argnums=1,
        ),
        source=JIT,
    ),
    *(
        TracingLaw(
            name=f"new_flag-{name}",
            statement="64-bit mode traces f once more, and out of it the old program is kept.",
            expected=2,
            results=tuple(answer(row) for row in (ROW, OTHER, OTHER, ROW)),
            run=partial(_of_flag, transformed),
            source="JAX documentation, jax.enable_x64",
        )
        for name, transformed, answer in (
            ("jit", jit, lambda row: sum(x * x for x in row)),
            ("jit(grad)", lambda f: jax.jit(jax.grad(f)), gradient),
        )
    ),
    TracingLaw(
        name="new_sharding-jit(grad)",
        statement="How the compiler may split an array is no part of its type: f is traced once.",
        expected=1,
        results=(gradient(ROW), gradient(OTHER), gradient(ROW), gradient(OTHER)),
        run=lambda: _sharded(_one_device()),
        source="JAX documentation, Distributed arrays and automatic parallelization",
    ),
    TracingLaw(
        name="new_explicit_sharding-jit(grad)",
        statement="An explicit sharding is part of a type: each is traced once."
        if _EXPLICIT
        else "No sharding is part of a type yet, not even a visible one: f is traced once.",
        expected=2 if _EXPLICIT else 1,
        results=(gradient(ROW), gradient(OTHER), gradient(ROW), gradient(OTHER)),
        run=lambda: _sharded(_explicit_mesh()),
        source="JAX documentation, Explicit sharding",
    ),
)
"""Laws of what makes two calls' arguments the same to a trace."""
