"""Functions of complex arguments; the weighted sum of real and imaginary parts is real."""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import MODERATE

DTYPES = ("complex64", "complex128")


def analytic(path: str, signature: str = "(*n)", **parameters: Any) -> Entry:
    """A function of complex numbers of moderate parts."""
    count = signature.count("(")
    return entry(
        path, signature, *(MODERATE,) * count, variant="complex", dtypes=DTYPES, **parameters
    )


COMPLEX = (
    analytic("jnp.abs"),
    analytic("jnp.add", "(*n),(*n)"),
    analytic("jnp.angle"),
    analytic("jnp.arccos"),
    analytic("jnp.arccosh"),
    analytic("jnp.arcsin"),
    analytic("jnp.arcsinh"),
    analytic("jnp.arctan"),
    analytic("jnp.arctanh"),
    analytic("jnp.conj"),
    analytic("jnp.cos"),
    analytic("jnp.cosh"),
    analytic("jnp.cumprod", "(n)"),
    analytic("jnp.cumsum", "(n)"),
    analytic("jnp.divide", "(*n),(*n)"),
    analytic("jnp.dot", "(m,n),(n)"),
    analytic("jnp.exp"),
    analytic("jnp.expm1"),
    analytic("jnp.fft.fft", "(n)"),
    analytic("jnp.fft.ifft", "(n)"),
    analytic("jnp.fft.irfft", "(4)"),
    analytic("jnp.fft.hfft", "(4)"),
    analytic("jnp.imag"),
    analytic("jnp.linalg.norm", "(n)"),
    analytic("jnp.log"),
    analytic("jnp.log10"),
    analytic("jnp.log1p"),
    analytic("jnp.log2"),
    analytic("jnp.matmul", "(m,n),(n,k)"),
    analytic("jnp.mean", "(n)"),
    analytic("jnp.multiply", "(*n),(*n)"),
    analytic("jnp.negative"),
    analytic("jnp.power", "(*n),(*n)"),
    analytic("jnp.prod", "(n)"),
    analytic("jnp.real"),
    analytic("jnp.reciprocal"),
    analytic("jnp.sign"),
    analytic("jnp.sin"),
    analytic("jnp.sinh"),
    analytic("jnp.sqrt"),
    analytic("jnp.square"),
    analytic("jnp.std", "(n)"),
    analytic("jnp.subtract", "(*n),(*n)"),
    analytic("jnp.sum", "(m,n)"),
    analytic("jnp.tan"),
    analytic("jnp.tanh"),
    analytic("jnp.var", "(n)"),
    analytic("jnp.vdot", "(n),(n)"),
    analytic("jnp.linalg.solve", "(n,n),(n)"),
    analytic("jnp.linalg.inv", "(n,n)"),
    analytic("jnp.linalg.det", "(n,n)"),
    analytic("jnp.linalg.eigvals", "(n,n)"),
    analytic("lax.complex", "(*n),(*n)"),
    analytic("lax.integer_pow", y=3),
    analytic("lax.logistic"),
    analytic("lax.rsqrt"),
    analytic("jnp.sinc"),
)
