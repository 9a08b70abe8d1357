"""The rounding rules as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from gradlaw.oracles.rounding.backward import BACKWARD
from gradlaw.oracles.rounding.complex_rules import COMPLEX, ONE_FACTOR
from gradlaw.oracles.rounding.library import DOCUMENTED, MEASURED
from gradlaw.oracles.rounding.rules import (
    BASIC,
    BUDGET,
    EXACT,
    GPU_DIVISION,
    PARTIAL,
    ROOT_PARTIALS,
    Rule,
    rule,
)

_DTYPES = ("float16", "bfloat16", "float32", "float64")

_HEAD = """# Rounding rules

What one primitive may err by, in units of the dtype's roundoff u = 2⁻ᵖ (half a ULP or more), for a
result in the range of normal numbers; below it a result may err by half the smallest subnormal
number, or by the smallest normal one where the backend flushes. Generated from `oracles/rounding/`
by `python -m gradlaw.oracles.rounding --rules`; `tox -e calibrate` holds a backend's errors against
it.
"""

_RUMP = "C.-P. Jeannerod and S. M. Rump, SIAM J. Matrix Anal. Appl. 34(2), 2013"
_PRODUCTS = "S. M. Rump, F. Bünger and C.-P. Jeannerod, BIT 56 (2016)"

SUMS = (
    ("sum of n terms, in any order", "(n − 1)·u·Σ\\|x\\|", _RUMP),
    ("inner product of n terms, in any order", "n·u·Σ\\|x\\|\\|y\\|", _RUMP),
    ("product of n factors, in any order", "(n − 1)·u·\\|Πx\\|", _PRODUCTS),
    ("a float32 factor of `dot_general` on a GPU", "2⁻¹¹", "NVIDIA, A100 whitepaper: TF32"),
    ("a float32 factor of `dot_general` on a TPU", "2⁻⁸", "JAX documentation, `lax.Precision`"),
)
"""Rules that are formulas in the domains."""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, _elementwise(), _sums(), _complex(), _factorisations()]
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _sums() -> str:
    return "## Sums and products\n\n" + _table(("operation", "error", "source"), SUMS)


def _elementwise() -> str:
    names = [*sorted(EXACT), *BASIC, *sorted({*DOCUMENTED, *MEASURED})]
    head = ("primitive", *(f"{dtype}, CPU" for dtype in _DTYPES), "float32, GPU", "source")
    rows = []
    for name in names:
        found = [rule(name, "cpu", dtype) for dtype in _DTYPES]
        sources = dict.fromkeys(one.source for one in found if one is not None)
        on_gpu = rule(name, "gpu", "float32")
        rows.append((f"`{name}`", *map(_error, [*found, on_gpu]), "; ".join(sources)))
    rows.append(("partial derivative", *[_error(PARTIAL)] * 5, PARTIAL.source))
    for name, found_for in ROOT_PARTIALS.items():
        rows.append((f"likewise, of `{name}`", *[_error(found_for)] * 5, found_for.source))
    rows.append(("likewise, of a library function", *[_error(BUDGET)] * 5, BUDGET.source))
    rows.append(("`div` on a GPU", "", "", "", "", _error(GPU_DIVISION), GPU_DIVISION.source))
    return (
        "## Elementwise primitives\n\n"
        "A term a is an absolute error in units of u, where a library's formula cancels; p the "
        "same of positive arguments; g what it grows by for each a log₂(a + 2) of a first "
        "parameter a; r the relative error, in units of u, of an argument that the formula rounds."
        "\n\n" + _table(head, rows)
    )


def _error(found: Rule | None) -> str:
    if found is None:
        return "none"
    terms = (
        ("a", found.absolute),
        ("p", found.positive),
        ("g", found.parameter),
        ("r", found.argument),
    )
    extra = [f"{letter} {amount:g}" for letter, amount in terms if amount]
    return ", ".join([f"{found.roundoffs:g}", *extra])


def _complex() -> str:
    rows = [(f"`{name}`", _error(found), found.source) for name, found in COMPLEX.items()]
    product = "R. P. Brent, C. Percival and P. Zimmermann, Math. Comp. 76 (2007), theorem 1"
    return "## Complex numbers\n\nErrors relative to the result's modulus.\n\n" + _table(
        ("primitive", "error", "source"), [("`mul`", f"{ONE_FACTOR:g}", product), *rows]
    )


def _factorisations() -> str:
    rows = [
        (
            f"`{name}`",
            " / ".join(f"{found.roundoffs(n):g}" for n in (1, 4, 16)),
            found.relative_to,
            found.source,
        )
        for name, found in BACKWARD.items()
    ]
    return (
        "## Linear algebra\n\nNorm-wise or entry-wise backward errors, for inner products of 1 / 4 "
        "/ 16 terms.\n\n" + _table(("primitive", "error", "relative to", "source"), rows)
    )
