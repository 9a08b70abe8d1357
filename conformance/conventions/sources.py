"""Where it is said what JAX gives, and how it comes to it."""

from __future__ import annotations

from typing import Final

LAX: Final = "JAX source, jax/_src/lax/lax.py"
UFUNCS: Final = "JAX source, jax/_src/numpy/ufuncs.py"
NN: Final = "JAX source, jax/_src/nn/functions.py"
SPECIAL: Final = "JAX source, jax/_src/scipy/special.py"
LINALG: Final = "JAX source, jax/_src/numpy/linalg.py"
LAX_LINALG: Final = "JAX source, jax/_src/lax/linalg.py"
WHERE: Final = (
    'JAX documentation, "Frequently asked questions (FAQ)": Gradients contain NaN where using where'
)
REDUCERS: Final = "JAX source, jax/_src/numpy/reductions.py"
NUMPY: Final = "JAX source, jax/_src/numpy/lax_numpy.py"
COND: Final = "JAX source, jax/_src/lax/control_flow/conditionals.py"
LAX_SPECIAL: Final = "JAX source, jax/_src/lax/special.py"
LOGSUMEXP: Final = "JAX source, jax/_src/ops/special.py"
SEGMENTS: Final = "JAX source, jax/_src/ops/scatter.py"
WINDOWS: Final = "JAX source, jax/_src/lax/windowed_reductions.py"
CONTROL: Final = "JAX source, jax/_src/lax/control_flow/loops.py"
SLICING: Final = "JAX source, jax/_src/lax/slicing.py"
