"""Convolution: every element is an inner product of a window and a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradlaw.oracles.interpreter.arrays import Array
from gradlaw.oracles.interpreter.reading import Reader, handles
from gradlaw.oracles.interpreter.reductions import inner_products
from gradlaw.oracles.interpreter.windows import window_places


@handles("conv_general_dilated")
def _convolution(reader: Reader, equation: Any, operands: list[Array]) -> list[Array]:
    """Source: XLA operation semantics, ``ConvWithGeneralPadding``."""
    params, result = equation.params, equation.outvars[0].aval
    numbers = params["dimension_numbers"]
    images = operands[0].transpose(numbers.lhs_spec)  # batch, feature, *space
    kernels = operands[1].transpose(numbers.rhs_spec)  # output, input feature, *space
    places = window_places(
        images.shape[2:],
        kernels.shape[2:],
        strides=params["window_strides"],
        padding=params["padding"],
        base_dilation=params["lhs_dilation"],
        window_dilation=params["rhs_dilation"],
    )
    space, reach = places.shape[:-1], places.shape[-1]
    places = places.reshape((int(np.prod(space)), reach))
    zero = np.asarray(reader.lift(np.zeros((), dtype=equation.invars[0].aval.dtype)))
    # Padding is the last place of all.
    flat = images.reshape((*images.shape[:2], int(np.prod(images.shape[2:]))))
    padding = np.broadcast_to(zero, (*flat.shape[:2], 1))
    patches = np.concatenate([flat, padding], axis=-1)[:, :, places]  # batch, feature, P, K
    outputs, features = kernels.shape[:2]
    batch_groups, groups = params["batch_group_count"], params["feature_group_count"]
    batch = images.shape[0] // batch_groups
    patches = patches.reshape((batch_groups, batch, groups, features, *places.shape))
    patches = patches.transpose((0, 2, 1, 4, 3, 5)).reshape(
        (batch_groups * groups, batch * len(places), features * reach)
    )
    every = batch_groups * groups
    flat_kernels = kernels.reshape((every, outputs // every if every else 0, features * reach))
    products = inner_products(reader, equation, patches, flat_kernels)
    products = products.reshape((every, batch, len(places), flat_kernels.shape[1]))
    ordered = products.transpose((1, 0, 3, 2)).reshape((batch, outputs, *space))
    assert ordered.transpose(np.argsort(numbers.out_spec)).shape == result.shape
    return [ordered.transpose(np.argsort(numbers.out_spec))]
