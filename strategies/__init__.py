"""Hypothesis strategies for what gradients are judged on: inputs only, and no assertion.

Nothing here imports JAX: arrays are NumPy's, their formats NumPy's and ml_dtypes'.
"""

from gradlaw.strategies.arguments import Arguments, Batch, arguments, batched_arguments
from gradlaw.strategies.batches import Batching, batch_sizes, batchings
from gradlaw.strategies.complex_numbers import COMPLEX_FORMATS, COMPLEX_REGIONS, ComplexFormat
from gradlaw.strategies.containers import CONTAINER_KINDS, contain, containers
from gradlaw.strategies.domains import REAL, Domain, WellConditioned
from gradlaw.strategies.dtypes import FLOAT_FORMATS, FloatFormat, floating_dtypes
from gradlaw.strategies.matrices import matrices, singular_matrices
from gradlaw.strategies.regions import REGIONS, Region
from gradlaw.strategies.shapes import dimension_sizes, leaf_shapes, shapes
from gradlaw.strategies.signatures import Signature
from gradlaw.strategies.values import arrays, elements, non_finite

__all__ = [
    "COMPLEX_FORMATS",
    "COMPLEX_REGIONS",
    "CONTAINER_KINDS",
    "FLOAT_FORMATS",
    "REAL",
    "REGIONS",
    "Arguments",
    "Batch",
    "Batching",
    "ComplexFormat",
    "Domain",
    "FloatFormat",
    "Region",
    "Signature",
    "WellConditioned",
    "arguments",
    "arrays",
    "batch_sizes",
    "batched_arguments",
    "batchings",
    "contain",
    "containers",
    "dimension_sizes",
    "elements",
    "floating_dtypes",
    "leaf_shapes",
    "matrices",
    "non_finite",
    "shapes",
    "singular_matrices",
]
