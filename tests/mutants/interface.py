"""Faults in the transformations themselves, as a caller of JAX meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from mutants.internals import cleared

Function = Callable[..., Any]


@contextmanager
def replaced(owner: Any, name: str, change: Callable[[Function], Function]) -> Iterator[None]:
    """Put a changed transformation in the place of ``owner``'s."""
    real = getattr(owner, name)
    with cleared():
        setattr(owner, name, change(real))
        try:
            yield
        finally:
            setattr(owner, name, real)


def traced(tree: Any) -> bool:
    """Whether something in the tree is being traced, and so has no number yet."""
    return any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(tree))


def returning(name: str, change: Callable[[Any], Any]) -> Callable[[], Any]:
    """Make a fault: ``jax.<name>``'s functions return something changed."""

    def transform(real: Function) -> Function:
        def changed(function: Function, *args: Any, **options: Any) -> Function:
            transformed = real(function, *args, **options)
            return wraps(function)(lambda *arguments: change(transformed(*arguments)))

        return changed

    return lambda: replaced(jax, name, transform)


def concrete(change: Callable[[np.ndarray[Any, Any]], Any]) -> Callable[[Any], Any]:
    """Change each array that a call returns, and no program."""

    def change_tree(tree: Any) -> Any:
        return tree if traced(tree) else jax.tree.map(lambda a: change(np.array(a)), tree)

    return change_tree


def one_element_far_off(array: np.ndarray[Any, Any]) -> Any:
    """Move the last element by an eighth of itself, or by 1 where it is zero."""
    if array.size:
        last = array.reshape(-1)[-1:]
        last += np.where(last == 0, 1, last / 8).astype(array.dtype)
    return array


def half_as_much_again(array: np.ndarray[Any, Any]) -> Any:
    """Make every element larger by half."""
    return (array * 1.5).astype(array.dtype)


def one_nan(array: np.ndarray[Any, Any]) -> Any:
    """Turn the last element into NaN."""
    array.reshape(-1)[-1:] = np.nan
    return array


def one_infinity(array: np.ndarray[Any, Any]) -> Any:
    """Turn the last element into an infinity."""
    array.reshape(-1)[-1:] = np.inf
    return array


def argnums_changed(change: Callable[[Any], Any], name: str = "grad") -> Callable[[], Any]:
    def transform(real: Function) -> Function:
        return lambda function, argnums=0: real(function, argnums=change(argnums))

    return lambda: replaced(jax, name, transform)


def negative_as_positive(argnums: Any) -> Any:
    return jax.tree.map(lambda n: -n - 1 if n < 0 else n, argnums)


def first_alone(argnums: Any) -> Any:
    return argnums[:1] if isinstance(argnums, tuple) else argnums


def _swapped(gradients: Any) -> Any:
    return gradients[::-1] if type(gradients) is tuple else gradients


def value_in_float16(result: Any) -> Any:
    value, gradient = result
    return value.astype(jnp.float16), gradient


def value_off(result: Any) -> Any:
    value, gradient = result
    return value * (1 + 2.0**-20), gradient


def ignoring_out_axes(real: Function) -> Function:
    return lambda function, in_axes=0, **_out_axes: real(function, in_axes=in_axes)


def over_one_fewer(real: Function) -> Function:
    return lambda array, axis=None: (
        real(array, axis=axis) * (array.shape[axis or 0] / max(1, array.shape[axis or 0] - 1))
    )


def stale(real: Function) -> Function:
    """Answer by the first call of the same shapes and dtypes."""

    def jit(function: Function) -> Function:
        compiled, kept = real(function), dict[Any, Any]()

        def call(*arguments: Any) -> Any:
            if traced(arguments):
                return compiled(*arguments)
            key = str(jax.tree.map(lambda a: (jnp.shape(a), jnp.result_type(a)), arguments))
            if key not in kept:
                kept[key] = compiled(*arguments)
            return kept[key]

        return call

    return jit


def raising(real: Function) -> Function:
    """Trace well, and raise when called with numbers."""

    def grad(function: Function, argnums: Any = 0) -> Function:
        gradient = real(function, argnums=argnums)

        def call(*arguments: Any) -> Any:
            if not traced(arguments):
                message = "Argument '0.0' of type <class 'float'> is not a valid JAX type."
                raise TypeError(message)
            return gradient(*arguments)

        return call

    return grad


def refusing_to_trace(real: Function) -> Function:
    del real

    def vmap(_function: Function, **_options: Any) -> Function:
        def call(*_arguments: Any) -> Any:
            message = "vmap got inconsistent sizes for array axes to be mapped"
            raise ValueError(message)

        return call

    return vmap


def doubled_at_second_order(real: Function) -> Function:
    """Take the gradient of a gradient for the gradient of its double."""
    depth = [0]

    def grad(function: Function, argnums: Any = 0) -> Function:
        gradient = real(function, argnums=argnums)

        def call(*arguments: Any) -> Any:
            depth[0] += 1
            try:
                found = gradient(*arguments)
            finally:
                depth[0] -= 1
            return (
                found if depth[0] or not getattr(function, "differentiated", False) else 2 * found
            )

        call.differentiated = True  # type: ignore[attr-defined]
        return call

    return grad


def in_float32(tree: Any) -> Any:
    return jax.tree.map(lambda a: a.astype(jnp.float32), tree)


def in_tuples(tree: Any) -> Any:
    return tuple(tree) if isinstance(tree, list) else tree


def flattened(tree: Any) -> Any:
    return jax.tree.map(lambda a: a.reshape(-1), tree)


def halved(tree: Any) -> Any:
    return jax.tree.map(lambda a: a / 2, tree)


def swapped_argnums() -> Any:
    """Return the gradients by a tuple of arguments in the reverse order."""
    return returning("grad", _swapped)()
