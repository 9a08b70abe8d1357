"""An entry: one public function of JAX as a case, in one line."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gradlaw.conformance.case import DTYPES, Case
from gradlaw.conformance.cases.catalogue.untraced import UNTRACED
from gradlaw.strategies.domains import Domain, WellConditioned
from gradlaw.strategies.signatures import Signature, Structure

LEAVES = "xyzwvuts"
"""Names of an entry's leaves, in order."""

ABBREVIATIONS: Mapping[str, str] = {"jnp": "jax.numpy", "lax": "jax.lax"}
"""Modules as everyone abbreviates them."""

TURN = 1 + 0.5j
"""By which weights of complex results are turned: neither real nor imaginary."""

EIGHTH = 8
"""By what the weights' numerators are divided."""

PERIOD = 61
"""A prime, so that the weights' period falls on no axis of a usual size."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A public function with how it is called; its case where the installed release has it.

    Attributes:
        path: where the function is found, as in ``"jnp.sinh"``.
        name: the path, with what tells this variant from others.
        signature: the leaves' core shapes, without the result.
        domains: of the leaves, in order; the reals where None, or where none is left.
        call: ``(function, *arguments)``, where the arguments alone do not do.
        parameters: the function's keyword arguments.
        since: a release that is known to have the function, where 0.5 is known to lack it.
        reference: ``(*arguments)``, as in ``Case``, without the weights.
        approximates: ``(*arguments)``, the closed form of what the program only approximates; the
            reference where the program is no oracle.
        min_size, max_size, dtypes, heavy, once, reverse_only, holomorphic, solve_backward_error,
            only_read: the case's.
    """

    path: str
    name: str
    signature: str
    domains: tuple[Domain | WellConditioned | None, ...] = ()
    call: Callable[..., Any] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    since: str = ""
    reference: Callable[..., Any] | None = None
    approximates: Callable[..., Any] | None = None
    min_size: int = 0
    max_size: int = 1000
    dtypes: tuple[str, ...] = DTYPES
    heavy: bool = False
    once: bool = False
    reverse_only: bool = False
    holomorphic: bool = False
    solve_backward_error: float | None = None
    only_read: bool = False

    @cached_property
    def function(self) -> Any | None:
        """What the path leads to; None where the installed release lacks it."""
        return resolved(self.path)

    @property
    def applied(self) -> Callable[..., Any]:
        """The function as it is called here, with its parameters."""
        function: Any = self.function
        call, parameters = self.call, dict(self.parameters)

        def applied(*arguments: Any) -> Any:
            if call is not None:
                return call(function, *arguments, **parameters)
            return function(*arguments, **parameters)

        vars(applied)["path"] = full_path(self.path)
        return applied

    @cached_property
    def case(self) -> Case | None:
        """A weighted sum of the function's results; None where the release lacks it."""
        function = self.function
        if function is None:
            return None
        call, parameters = self.call, dict(self.parameters)
        approximated = self.approximates is not None and self.name in UNTRACED
        reference = self.approximates if approximated else self.reference
        total = weighted_complex_sum if self.holomorphic else weighted_sum

        def weighted(*arguments: Any) -> Any:
            if call is not None:
                return total(call(function, *arguments, **parameters))
            return total(function(*arguments, **parameters))

        vars(weighted)["path"] = full_path(self.path)
        parsed = Signature.parse(f"{self.signature}->()")
        names = LEAVES[: len(parsed.leaves)]
        return Case(
            name=self.name,
            function=weighted,
            formula=None,
            signature=f"{self.signature}->()",
            source=f"JAX documentation, {full_path(self.path)}",
            arguments=tuple(_named(part, names) for part in parsed.structure),
            domains={
                name: domain
                for name, domain in zip(names, self.domains, strict=False)
                if domain is not None
            },
            min_size=self.min_size,
            max_size=self.max_size,
            dtypes=self.dtypes,
            heavy=self.heavy,
            once=self.once,
            reverse_only=self.reverse_only,
            holomorphic=self.holomorphic,
            solve_backward_error=self.solve_backward_error,
            only_read=self.only_read,
            reference=None if reference is None else lambda *leaves: total(reference(*leaves)),
            approximated=approximated,
        )


def entry(
    path: str,
    signature: str,
    *domains: Domain | WellConditioned | None,
    variant: str = "",
    call: Callable[..., Any] | None = None,
    since: str = "",
    reference: Callable[..., Any] | None = None,
    approximates: Callable[..., Any] | None = None,
    min_size: int = 0,
    max_size: int = 1000,
    dtypes: tuple[str, ...] = DTYPES,
    heavy: bool = False,
    once: bool = False,
    reverse_only: bool = False,
    only_read: bool = False,
    solve_backward_error: float | None = None,
    **parameters: Any,
) -> Entry:
    """An entry of the catalogue.

    Args:
        path: of the function, as in ``"jnp.sinh"`` or ``"jax.nn.softplus"``.
        signature: the arguments' core shapes, as in ``"(n),(m,n)"``; ``"(*n)"`` for any shape.
        domains: of the leaves, in order; the reals where nothing is said.
        variant: what tells this entry from others of one path; the parameters where empty.
        call: ``(function, *arguments, **parameters)``, where arguments alone do not do.
        since: a release that is known to have the function, where 0.5 is known to lack it.
        reference: ``(*arguments)``, as in ``Case``, without the weights.
        approximates: ``(*arguments)``, as in ``Entry``.
        min_size, max_size, dtypes, heavy, once, reverse_only, only_read, solve_backward_error: as
            in ``Case``.
        parameters: the function's keyword arguments.
    """
    variant = variant or ",".join(map(_written, parameters, parameters.values()))
    return Entry(
        path=path,
        name=f"{path}({variant})" if variant else path,
        signature=signature,
        domains=domains,
        call=call,
        parameters=parameters,
        since=since,
        reference=reference,
        approximates=approximates,
        min_size=min_size,
        max_size=max_size,
        dtypes=dtypes,
        heavy=heavy,
        once=once,
        reverse_only=reverse_only,
        only_read=only_read,
        solve_backward_error=solve_backward_error,
    )


def full_path(path: str) -> str:
    """The path without abbreviations."""
    first, dot, rest = path.partition(".")
    return ABBREVIATIONS.get(first, first) + dot + rest


def resolved(path: str) -> Any | None:
    """The object at a dotted path, modules imported on the way; None where there is none."""
    names = full_path(path).split(".")
    found: Any = importlib.import_module(names[0])
    for place, name in enumerate(names[1:], start=2):
        if not hasattr(found, name):
            try:
                importlib.import_module(".".join(names[:place]))
            except ImportError:
                return None
        found = getattr(found, name)
    return found


def weights(shape: tuple[int, ...], start: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Weights that differ from each other, so that no exchange of two elements is hidden.

    They are 1, -9/8, 10/8, -11/8, … and begin anew after 122 elements: exact in every dtype.

    Args:
        shape: of the array that is weighted.
        start: elements weighted before it.
    """
    return _eighths(shape, start) / EIGHTH


def as_weights(shape: tuple[int, ...], start: int, dtype: Any) -> jax.Array:
    """The weights as a program makes them: integers, which stand for themselves alone, divided.

    A half precision's 9/8 would stand for whatever it has rounded to that.

    Args:
        shape, start: as above.
        dtype: a real one.
    """
    return lax.convert_element_type(_eighths(shape, start), dtype) / EIGHTH


def _eighths(shape: tuple[int, ...], start: int) -> np.ndarray[Any, np.dtype[np.int32]]:
    place = start + np.arange(math.prod(shape), dtype=np.int32)
    return ((EIGHTH + place % PERIOD) * (1 - 2 * (place % 2))).reshape(shape)


def weighted_sum(results: Any) -> Any:
    """The sum of all inexact results, weighted; of complex ones by real and by imaginary part."""
    parts: list[Any] = []
    for result in jax.tree.leaves(results):
        if jnp.issubdtype(result.dtype, jnp.complexfloating):
            parts += [jnp.real(result), jnp.imag(result)]
        elif jnp.issubdtype(result.dtype, jnp.floating):
            parts.append(result)
    return _weighted(parts, as_weights, "inexact")


def weighted_complex_sum(results: Any) -> Any:
    """The sum of all complex results, weighted: a complex number.

    The weights are complex: by real ones, what becomes of a result's imaginary part would go unseen
    in reverse mode.
    """
    parts = [part for part in jax.tree.leaves(results) if jnp.iscomplexobj(part)]
    return _weighted(parts, _turned, "complex")


def _turned(shape: tuple[int, ...], start: int, dtype: Any) -> np.ndarray[Any, Any]:
    return (weights(shape, start) * TURN).astype(dtype)


def _weighted(parts: list[Any], weight: Callable[..., Any], kind: str) -> Any:
    total: Any = None
    start = 0
    for part in parts:
        term = jnp.sum(part * weight(part.shape, start, part.dtype))
        total = term if total is None else total + term
        start += part.size
    if total is None:
        message = f"there is no {kind} result to differentiate"
        raise TypeError(message)
    return total


def _named(part: Structure, names: str) -> Any:
    if isinstance(part, int):
        return names[part]
    return tuple(_named(inner, names) for inner in part)


def _written(name: str, value: Any) -> str:
    if value is True:
        return name
    return f"{name}={value}".replace(" ", "")
