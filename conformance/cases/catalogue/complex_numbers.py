"""Functions of complex arguments: a weighted sum of both parts, and of the complex results."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.cases.catalogue.entry import Entry, entry
from gradlaw.conformance.cases.catalogue.places import MODERATE, SQUARE, SYMMETRIC
from gradlaw.strategies.domains import Domain, WellConditioned

DTYPES = ("complex64", "complex128")

SMALL: dict[str, Any] = {"min_size": 1, "max_size": 4}
"""Sizes of matrices that are factorized."""

Leaf = Domain | WellConditioned | None


def of_complex(
    path: str, signature: str = "(*n)", *domains: Leaf, variant: str = "", **parameters: Any
) -> Entry:
    """A function of complex numbers whose results' parts are summed: a real number.

    Args:
        path, signature: as of any entry.
        domains: where both parts of a leaf's elements lie.
        variant: what tells this entry from others of one path.
        parameters: as of any entry.
    """
    variant = f"complex,{variant}" if variant else "complex"
    return entry(path, signature, *domains, variant=variant, dtypes=DTYPES, **parameters)


def holomorphic(found: Entry) -> Entry:
    """The same function's complex results summed: a complex number, with a complex derivative."""
    return replace(found, name=found.name.replace("complex", "holomorphic"), holomorphic=True)


def apart(a: Any) -> Any:
    """A matrix whose eigenvalues keep apart, for parts of elements of A in (-1, 1) and n ≤ 5."""
    steps = 32 * np.arange(1, a.shape[0] + 1)
    return a + jnp.diag(jnp.asarray(steps * (1 + 1j), a.dtype))


def hermitian(a: Any) -> Any:
    """A + Aᴴ with eigenvalues that keep apart, for parts of elements of A in (-1, 1) and n ≤ 4."""
    return a + a.conj().T + jnp.diag(jnp.asarray(32 * np.arange(1, a.shape[0] + 1), a.dtype))


REAL_VALUED = (
    of_complex("jnp.abs"),
    of_complex("jnp.angle"),
    of_complex("jnp.conj"),
    of_complex("jnp.fft.hfft", "(4)"),
    of_complex("jnp.fft.irfft", "(4)"),
    of_complex("jnp.imag"),
    of_complex("jnp.linalg.norm", "(n)"),
    of_complex("jnp.real"),
    of_complex("jnp.sign"),
    of_complex("jnp.std", "(n)", min_size=2),
    of_complex("jnp.var", "(n)", min_size=2),
    of_complex("jnp.vdot", "(n),(n)"),
    of_complex("jnp.fft.hfft", "(m,3)", variant="n=5,axis=0", n=5, axis=0, min_size=2, max_size=5),
    of_complex("jnp.fft.irfft2", "(m,3)", min_size=2, max_size=5),
    of_complex(
        "jnp.linalg.cholesky", "(n,n)", SYMMETRIC, call=lambda f, x: f(hermitian(x)), **SMALL
    ),
    of_complex(
        "jnp.linalg.eigvalsh", "(n,n)", SYMMETRIC, call=lambda f, x: f(hermitian(x)), **SMALL
    ),
    of_complex("jnp.linalg.norm", "(m,n)", variant="matrix", max_size=5),
    of_complex(
        "jnp.linalg.slogdet", "(n,n)", SQUARE, variant="log", call=lambda f, x: f(x)[1], **SMALL
    ),
    of_complex("lax.conj", "(*n)", variant="lax"),
    of_complex("lax.imag", "(*n)", variant="lax"),
    of_complex("lax.real", "(*n)", variant="lax"),
    of_complex("jnp.nanmean", "(n)", min_size=1),
)
"""What has no complex derivative."""

ANALYTIC = (
    of_complex("jnp.add", "(*n),(*n)"),
    of_complex("jnp.arccos"),
    of_complex("jnp.arccosh"),
    of_complex("jnp.arcsin"),
    of_complex("jnp.arcsinh"),
    of_complex("jnp.arctan"),
    of_complex("jnp.arctanh"),
    of_complex("jnp.cos"),
    of_complex("jnp.cosh"),
    of_complex("jnp.cumprod", "(n)", MODERATE, max_size=7),
    of_complex("jnp.cumsum", "(n)", max_size=100),
    of_complex("jnp.divide", "(*n),(*n)"),
    of_complex("jnp.dot", "(m,n),(n)"),
    of_complex("jnp.exp"),
    of_complex("jnp.expm1"),
    of_complex("jnp.fft.fft", "(n)", min_size=1),
    of_complex("jnp.fft.ifft", "(n)", min_size=1),
    of_complex("jnp.linalg.det", "(n,n)", SQUARE, max_size=4),
    of_complex(
        "jnp.linalg.eigvals",
        "(n,n)",
        SYMMETRIC,
        call=lambda eigvals, x: jnp.sum(eigvals(apart(x)) ** 3),
        max_size=4,
        min_size=1,
    ),
    of_complex("jnp.linalg.inv", "(n,n)", SQUARE, min_size=1, max_size=4),
    of_complex("jnp.linalg.solve", "(n,n),(n)", SQUARE, min_size=1, max_size=4),
    of_complex("jnp.log"),
    of_complex("jnp.log10"),
    of_complex("jnp.log1p"),
    of_complex("jnp.log2"),
    of_complex("jnp.matmul", "(m,n),(n,k)"),
    of_complex("jnp.mean", "(n)", min_size=1),
    of_complex("jnp.multiply", "(*n),(*n)"),
    of_complex("jnp.negative"),
    of_complex("jnp.power", "(*n),(*n)", MODERATE, MODERATE),
    of_complex("jnp.prod", "(n)", MODERATE, max_size=7),
    of_complex("jnp.reciprocal"),
    of_complex("jnp.sin"),
    of_complex("jnp.sinc"),
    of_complex("jnp.sinh"),
    of_complex("jnp.sqrt"),
    of_complex("jnp.square"),
    of_complex("jnp.subtract", "(*n),(*n)"),
    of_complex("jnp.sum", "(m,n)"),
    of_complex("jnp.tan"),
    of_complex("jnp.tanh"),
    of_complex("lax.integer_pow", variant="y=3", y=3),
    of_complex("lax.logistic"),
    of_complex("lax.rsqrt"),
    of_complex("jnp.concatenate", "(m,n),(k,n)", call=lambda f, x, y: f([x, y]), max_size=5),
    of_complex("jnp.diff", "(n)", min_size=2),
    of_complex("jnp.einsum", "(m,n),(n,m)", call=lambda f, x, y: f("ij,ji->i", x, y), max_size=10),
    of_complex("jnp.exp2"),
    of_complex("jnp.fft.fft2", "(m,n)", min_size=1, max_size=5),
    of_complex("jnp.fft.fftshift", "(m,n)", max_size=5),
    of_complex("jnp.kron", "(m),(n)", max_size=5),
    of_complex("jnp.outer", "(m),(n)", max_size=10),
    of_complex("jnp.power", "(*n)", variant="-2", call=lambda power, x: power(x, -2)),
    of_complex("jnp.power", "(*n)", MODERATE, variant="0.5", call=lambda power, x: power(x, 0.5)),
    of_complex(
        "jnp.take", "(m,n)", call=lambda f, x: f(x, np.array([1, 0, 1]), axis=0), min_size=2
    ),
    of_complex("jnp.trace", "(n,n)", max_size=10),
    of_complex("jnp.transpose", "(m,n)", max_size=10),
    of_complex("jnp.tril", "(m,n)", max_size=10),
    of_complex(
        "jnp.where",
        "(*n),(*n)",
        None,
        # Of a branch that is not taken, an exponential that overflows makes NaN: JAX's FAQ.
        Domain(lower=-4096.0, upper=4096.0),
        call=lambda f, x, y: f(x.real > y.real, x * x, jnp.exp(y / 64)),
    ),
    of_complex(
        "jnp.ndarray.at",
        "(m),(3)",
        variant="add",
        call=lambda _, x, y: x.at[np.array([0, 1, 0])].add(y),
        min_size=2,
        max_size=20,
    ),
    of_complex(
        "jax.scipy.linalg.solve_triangular",
        "(n,n),(n)",
        SQUARE,
        variant="trans=C",
        trans="C",
        **SMALL,
    ),
    of_complex(
        "jax.scipy.linalg.solve_triangular",
        "(n,n),(n)",
        SQUARE,
        variant="lower",
        lower=True,
        **SMALL,
    ),
    of_complex(
        "lax.associative_scan", "(n)", MODERATE, call=lambda f, x: f(jnp.multiply, x), max_size=7
    ),
    of_complex("lax.expand_dims", "(n)", dimensions=(0,), max_size=10),
    of_complex("lax.rev", "(m,n)", dimensions=(1,), max_size=10),
)
"""What has a complex derivative, away from poles and branch cuts."""

COMPLEX = (*REAL_VALUED, *ANALYTIC, *map(holomorphic, ANALYTIC))
