"""Primitives that have no handler, each with its reason."""

from __future__ import annotations

_CALLBACK = "calls back into Python, whose function is not a program of primitives"
_REFERENCE = "works on a mutable reference, which a program of values does not have"
_DEVICES = "communicates between devices, of which one process here has one"
_FOREIGN = "runs code of another library, of which only the shapes are known"
_TOKEN = "orders effects, and has no number"
_AUXILIARY = "belongs to a transformation, and is gone from a finished program"

UNSUPPORTED: dict[str, str] = {
    "pure_callback": _CALLBACK,
    "io_callback": _CALLBACK,
    "debug_callback": _CALLBACK,
    "debug_print": _CALLBACK,
    "custom_partitioning": _CALLBACK,
    "inspect_sharding": _CALLBACK,
    "infeed": "reads from outside the program",
    "outfeed": "writes outside the program",
    "rng_uniform": "draws from a state that no key determines",
    "after_all": _TOKEN,
    "create_token": _TOKEN,
    "run_state": _REFERENCE,
    "ref_get": _REFERENCE,
    "core_map": _REFERENCE,
    "ragged_all_to_all": _DEVICES,
    "psend": _DEVICES,
    "precv": _DEVICES,
    "ffi_call": _FOREIGN,
    "pallas_call": _FOREIGN,
    "tpu_custom_call": _FOREIGN,
    "call_exported": _FOREIGN,
    "cudnn_fusion": _FOREIGN,
    "custom_lin": _AUXILIARY,
    "custom_jvp_call_jaxpr": _AUXILIARY,
    "unreachable": "stands where no value can be",
}
"""Primitives without a meaning in a reading: they are ``Unsupported``, for this reason."""

ESTIMATED: dict[str, str] = {
    "schur": "is not unique: each backend returns another Schur form",
    "hessenberg": "is not unique: each backend returns another Hessenberg form",
    "tridiagonal": "is not unique, and JAX has no derivative rule for it",
    "householder_product": "has no derivative rule in JAX; qr is read as a whole",
}
"""Primitives that JAX itself evaluates, and that are named as estimated, for this reason."""
