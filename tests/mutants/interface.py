"""Faults in the transformations themselves, as a caller of JAX meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from mutants.internals import cleared
from mutants.planted import Planted

from gradlaw.conformance.plan import Plan

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
    return any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(tree))


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


def _argnums_changed(change: Callable[[Any], Any], name: str = "grad") -> Callable[[], Any]:
    def transform(real: Function) -> Function:
        return lambda function, argnums=0: real(function, argnums=change(argnums))

    return lambda: replaced(jax, name, transform)


def _negative_as_positive(argnums: Any) -> Any:
    return jax.tree.map(lambda n: -n - 1 if n < 0 else n, argnums)


def _first_alone(argnums: Any) -> Any:
    return argnums[:1] if isinstance(argnums, tuple) else argnums


def _swapped(gradients: Any) -> Any:
    return gradients[::-1] if type(gradients) is tuple else gradients


def _value_in_float16(result: Any) -> Any:
    value, gradient = result
    return value.astype(jnp.float16), gradient


def _value_off(result: Any) -> Any:
    value, gradient = result
    return value * (1 + 2.0**-20), gradient


def _ignoring_out_axes(real: Function) -> Function:
    return lambda function, in_axes=0, out_axes=0: real(function, in_axes=in_axes)


def _over_one_fewer(real: Function) -> Function:
    return lambda array, axis=None: real(array, axis=axis) * (
        array.shape[axis or 0] / max(1, array.shape[axis or 0] - 1)
    )


def _stale(real: Function) -> Function:
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


def _raising(real: Function) -> Function:
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


def _refusing_to_trace(real: Function) -> Function:
    del real

    def vmap(function: Function, **options: Any) -> Function:
        def call(*arguments: Any) -> Any:
            message = "vmap got inconsistent sizes for array axes to be mapped"
            raise ValueError(message)

        return call

    return vmap


def _once_differentiated(real: Function) -> Function:
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
            return found if depth[0] or not getattr(function, "differentiated", False) else 2 * found

        call.differentiated = True  # type: ignore[attr-defined]
        return call

    return grad


def _float32(tree: Any) -> Any:
    return jax.tree.map(lambda a: a.astype(jnp.float32), tree)


def _in_tuples(tree: Any) -> Any:
    return tuple(tree) if isinstance(tree, list) else tree


def _flattened(tree: Any) -> Any:
    return jax.tree.map(lambda a: a.reshape(-1), tree)


def _halved(tree: Any) -> Any:
    return jax.tree.map(lambda a: a / 2, tree)


# What a plan must be for a fault to show.


def _small(plan: Plan) -> bool:
    """Whether arrays have a few elements."""
    sizes = [size for shape in plan.shapes.values() for size in shape]
    batch = 1 if plan.batching is None else plan.batching.size
    return all(0 < size < 50 for size in sizes) and 0 < batch < 50


def _two_scalars(plan: Plan) -> bool:
    """Whether the derivatives by two scalars are asked for, and by nothing else."""
    if not (_small(plan) and isinstance(plan.argnums, tuple)):
        return False
    return {n % len(plan.shapes) for n in plan.argnums} == {0, 1}


def _two_shapes(plan: Plan) -> bool:
    """Whether the derivatives by a scalar and by an array are asked for, and nothing else."""
    if not (_small(plan) and isinstance(plan.argnums, tuple) and list(plan.shapes.values())[-1]):
        return False
    return {n % len(plan.shapes) for n in plan.argnums} == {0, len(plan.shapes) - 1}


def _negative(plan: Plan) -> bool:
    return _small(plan) and isinstance(plan.argnums, int) and plan.argnums == -1


def _by_pair(plan: Plan) -> bool:
    return _small(plan) and isinstance(plan.argnums, tuple) and len(plan.argnums) > 1


def _by_params(plan: Plan) -> bool:
    return _small(plan) and plan.argnums in (0, -3)


def _by_array(plan: Plan) -> bool:
    last = list(plan.shapes.values())[-1]
    return _small(plan) and bool(last) and plan.argnums in (-1, len(plan.shapes) - 1)


def _out_axis_last(plan: Plan) -> bool:
    assert plan.batching is not None
    shape = list(plan.shapes.values())[-1]
    return _by_array(plan) and (
        plan.batching.out_axis not in (0, -len(shape) - 1) and plan.batching.size not in shape
    )


def _scalars_batched(plan: Plan) -> bool:
    assert plan.batching is not None
    return _small(plan) and plan.batching.size > 1


def _fault(
    name: str,
    fault: Callable[[], Any],
    case: str,
    law: str,
    verdict: str,
    plan: Callable[[Plan], bool] = _small,
    dtype: str = "float32",
) -> Planted:
    return Planted(
        name=name, fault=fault, case=case, law=law, verdict=verdict, plan=plan, dtype=dtype
    )


def swapped_argnums() -> Any:
    """Return the gradients by a tuple of arguments in the reverse order."""
    return returning("grad", _swapped)()


STRUCTURES = (
    _fault("tuple reversed", swapped_argnums, "quadratic", "grad", "wrong structure", _two_shapes),
    _fault(
        "first of a tuple alone",
        _argnums_changed(_first_alone),
        "quadratic",
        "grad(jit)",
        "wrong structure",
        _by_pair,
    ),
    _fault(
        "float16 as float32",
        returning("grad", _float32),
        "quadratic",
        "jit(grad)",
        "wrong structure",
        dtype="float16",
    ),
    _fault(
        "value in float16",
        returning("value_and_grad", _value_in_float16),
        "squared_error",
        "jit(value_and_grad)",
        "wrong structure",
    ),
    _fault(
        "list as tuple",
        returning("grad", _in_tuples),
        "squared_error_in_list",
        "vmap(grad)",
        "wrong structure",
        _by_params,
    ),
    _fault(
        "scalar as array",
        returning("grad", _flattened),
        "linear_predict",
        "vmap(jit(grad))",
        "wrong structure",
    ),
    _fault(
        "out_axes ignored",
        lambda: replaced(jax, "vmap", _ignoring_out_axes),
        "weighted_sum",
        "vmap(grad)",
        "wrong structure",
        _out_axis_last,
    ),
)

PROGRAMS = (
    _fault("tuple reversed", swapped_argnums, "quadratic", "jit(grad)", "wrong rule", _two_scalars),
    _fault(
        "negative argnums from the wrong end",
        _argnums_changed(_negative_as_positive),
        "linear_predict",
        "grad",
        "wrong rule",
        _negative,
    ),
    _fault(
        "value off by 2**-20",
        returning("value_and_grad", _value_off),
        "linear_predict",
        "value_and_grad",
        "wrong rule",
    ),
    _fault(
        "second derivative doubled",
        lambda: replaced(jax, "grad", _once_differentiated),
        "linear_predict",
        "grad(grad)",
        "wrong rule",
        lambda plan: {plan.argnums, plan.outer_argnums} == {0, 1},
    ),
    _fault(
        "mean over one fewer",
        lambda: replaced(jnp, "mean", _over_one_fewer),
        "linear_predict",
        "mean(vmap(grad))",
        "wrong rule",
        _scalars_batched,
    ),
    _fault(
        "mean over one fewer",
        lambda: replaced(jnp, "mean", _over_one_fewer),
        "linear_predict",
        "grad(mean(vmap))",
        "wrong rule",
        _scalars_batched,
    ),
    _fault(
        "gradient halved",
        returning("grad", _halved),
        "squared_error_in_dict",
        "jit(grad(mean(vmap)))",
        "wrong rule",
    ),
)

NUMBERS = (
    _fault(
        "one element wrong",
        returning("jit", concrete(one_element_far_off)),
        "quadratic",
        "jit(grad)",
        "wrong number",
        _by_array,
    ),
    _fault(
        "one element wrong",
        returning("jit", concrete(one_element_far_off)),
        "quadratic",
        "jit(grad)",
        "wrong number",
        _by_array,
        dtype="float16",
    ),
    _fault(
        "one element wrong",
        returning("jit", concrete(one_element_far_off)),
        "mean_squared_error",
        "jit(vmap(grad))",
        "wrong number",
    ),
    _fault(
        "one element wrong",
        returning("vmap", concrete(one_element_far_off)),
        "scaled_square",
        "vmap(grad)",
        "wrong number",
        _by_array,
        dtype="bfloat16",
    ),
    _fault(
        "stale result",
        lambda: replaced(jax, "jit", _stale),
        "linear_predict",
        "jit(value_and_grad)",
        "wrong number",
    ),
    _fault(
        "stale result",
        lambda: replaced(jax, "jit", _stale),
        "affine",
        "jit(vmap(grad))",
        "wrong number",
        dtype="float64",
    ),
    _fault(
        "NaN",
        returning("jit", concrete(one_nan)),
        "weighted_sum",
        "jit(grad(mean(vmap)))",
        "not finite",
    ),
    _fault(
        "NaN",
        returning("jit", concrete(one_nan)),
        "quadratic",
        "jit(grad)",
        "not finite",
        dtype="float16",
    ),
    _fault(
        "infinity", returning("grad", concrete(one_infinity)), "affine", "grad(jit)", "not finite"
    ),
)

REFUSALS = (
    _fault(
        "TypeError when called",
        lambda: replaced(jax, "grad", _raising),
        "linear_predict",
        "grad",
        "refused",
        dtype="python",
    ),
    _fault(
        "ValueError when traced",
        lambda: replaced(jax, "vmap", _refusing_to_trace),
        "linear_predict",
        "vmap(grad(jit))",
        "refused",
    ),
)

INTERFACE = (*STRUCTURES, *PROGRAMS, *NUMBERS, *REFUSALS)
