"""References, read exactly, are read and written where JAX reads and writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import strategies as st
from structural.checking import read_as_jax_computes, wrong_handlers_found
from structural.drawing import Call, agrees, numbers, readings

NEW: Any = jax
"""With what only newer releases have."""

if not hasattr(jax, "freeze"):
    pytest.skip("references came with JAX 0.8", allow_module_level=True)


def _index(draw: Any, size: int) -> Any:
    """A number, a slice, or an array in which places may come again."""
    places = st.integers(0, size - 1)
    match draw(st.sampled_from(["number", "slice", "array", "drawn number"])):
        case "number":
            return draw(places)
        case "drawn number":
            return np.int32(draw(places))
        case "slice":
            start = draw(places)
            stop = draw(st.integers(start, size))
            # JAX refuses an empty slice with steps of two.
            return slice(start, stop, draw(st.integers(1, 2 if stop > start else 1)))
        case _:
            return np.array(draw(st.lists(places, min_size=1, max_size=4)), dtype=np.int32)


def _used(change: Callable[[Any, Any, Any], None]) -> Callable[[Any], Call]:
    """A reference that is read, changed and read again at drawn places of one axis or of two."""

    def build(draw: Any) -> Call:
        shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
        first = _index(draw, shape[0])
        index = first if isinstance(first, np.ndarray) else (first, *map(_whole, shape[1:]))
        read = np.zeros(shape)[index].shape

        def function(*arrays: Any) -> Any:
            found = []
            for x, y in zip(arrays[::2], arrays[1::2], strict=True):
                reference = jax.new_ref(x)
                before = reference[index]
                change(reference, index, y)
                found += [before, reference[index], jax.freeze(reference)]
            return found

        x, y = numbers(draw, shape), numbers(draw, read) + 100
        return function, (x, y, x.astype(np.int32), y.astype(np.int32))

    return build


def _whole(_: int) -> slice:
    return slice(None)


def _set(reference: Any, index: Any, value: Any) -> None:
    # One number alone: of several that are written to a place any may remain.
    reference[index] = jnp.broadcast_to(value.reshape(-1)[:1].sum(), value.shape)


def _add(reference: Any, index: Any, value: Any) -> None:
    NEW.ref.addupdate(reference, index, value)


def _add_by_hand(reference: Any, index: Any, value: Any) -> None:
    kept = jnp.broadcast_to(value.reshape(-1)[:1].sum(), value.shape)
    reference[index] += kept


CALLS: dict[str, Callable[[Any], Call]] = {
    "swap": _used(_set),
    "addupdate": _used(_add),
    "get and swap": _used(_add_by_hand),
}

_PLACES = np.array([2, 0, 0], dtype=np.int32)


def _got(x: Any) -> Any:
    return jax.new_ref(x)[_PLACES]


def _swapped(x: Any) -> Any:
    reference = jax.new_ref(x)
    reference[1:3] = x[:2]
    return reference[...]


def _added(x: Any) -> Any:
    reference = jax.new_ref(x)
    NEW.ref.addupdate(reference, _PLACES, x[:3])
    return reference[...]


ONE_OF_EACH: dict[str, Call] = {"get": (_got, (np.arange(4.0),))}

test_primitive_is_read_as_jax_computes_it = read_as_jax_computes(CALLS)

test_a_wrong_handler_is_found = wrong_handlers_found(ONE_OF_EACH)


@pytest.mark.parametrize("function", [_swapped, _added])
def test_what_changes_a_reference_is_needed(
    function: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gradlaw.oracles.interpreter.reading import HANDLERS

    operands = (np.arange(1.0, 5.0),)
    assert agrees(function, operands)
    name = "swap" if function is _swapped else "addupdate"
    before = (lambda _, __, operands: [operands[1]]) if name == "swap" else lambda *_: []
    monkeypatch.setitem(HANDLERS, name, before)
    assert not agrees(function, operands)


def test_which_of_two_numbers_remains_is_undecided() -> None:
    def function(x: Any) -> Any:
        reference = jax.new_ref(x)
        reference[np.array([0, 0])] = x[1:]
        return reference[...]

    _, domain = readings(function, np.arange(3.0))
    assert domain.undecided == {"swap"}
