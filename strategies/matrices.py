"""Square matrices: well-conditioned ones that are not symmetric, and singular ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis.errors import InvalidArgument
from numpy.typing import NDArray

from gradlaw.strategies.codes import Codes, decode, drawn_bytes
from gradlaw.strategies.domains import REAL, WellConditioned
from gradlaw.strategies.dtypes import FloatFormat, check_format
from gradlaw.strategies.lattice import floats_at, lattice, ordinals
from gradlaw.strategies.regions import region_named
from gradlaw.strategies.values import codes_needed, fill

_ROW_CODES = 7


@dataclass(frozen=True, kw_only=True)
class Graded(WellConditioned):
    """Well-conditioned matrices whose singular values keep apart.

    In units of the scale, no row or column has more than 1 beside the diagonal, which has
    magnitudes from 4(1 + margin)i to 1 above it for i = 1, …, n, in an order that is drawn. So each
    singular value is no farther than 1 from one of these (Weyl), and than 1 from no other.
    """


def check_matrix(n: int, fmt: FloatFormat, domain: WellConditioned, *, least: int = 0) -> None:
    """Check that there are such matrices.

    Raises:
        InvalidArgument: the order is less than ``least``, an argument is not what it should
            be, or the format has no room for a diagonal that dominates so much.

    """
    check_format(fmt)
    if not isinstance(n, int) or n < least:
        raise InvalidArgument(f"n={n!r} is not an order of a matrix: pass an integer >= {least}")
    if not isinstance(domain, WellConditioned):
        raise InvalidArgument(f"domain={domain!r} is not a WellConditioned")
    steps = 16 if isinstance(domain, Graded) else 4
    if steps * max(n, 1) * (1 + 2 * domain.margin) >= fmt.max:
        raise InvalidArgument(
            f"no {fmt.name} matrix of order {n} lies in {domain}: its diagonal would overflow; "
            "lower the margin or the order"
        )


def matrix_codes_needed(n: int, *, limit: int) -> int:
    """Count the codes of a matrix of order n: of its rows, which recur, and its entries."""
    return min(n, _ROW_CODES) + codes_needed(n * n, limit=limit)


def fill_matrix(n: int, fmt: FloatFormat, domain: WellConditioned, codes: Codes) -> NDArray[Any]:
    """Build the matrix that codes stand for.

    Args:
        n: the order.
        fmt: the format of the entries.
        domain: how well conditioned the matrix is.
        codes: (matrix_codes_needed(n),) the rows' codes first.

    Returns:
        (n, n) of the format's dtype.

    """
    rows, entries = codes[: min(n, _ROW_CODES)], codes[min(n, _ROW_CODES) :]
    shared = entries[:1]
    off_diagonal = fill((n, n), lattice(fmt, REAL), region_named("zeros"), entries)
    # Down to [-1, 1), so that sums over a row stay moderate in float16 too.
    matrix = np.ascontiguousarray(off_diagonal).astype(np.float64) / 32
    np.fill_diagonal(matrix, 0)
    if n > 1 and np.array_equal(matrix, matrix.T):
        matrix[0, 1] = 0.5 if matrix[0, 1] == 0 else matrix[0, 1] / 2
    shares = np.resize(rows.fraction(fmt), n)
    if isinstance(domain, Graded):
        matrix /= max(n, 1)
        others = 4.0 * np.roll(np.arange(1, n + 1), int(shared.choice(max(n, 1))[0]))
        dominating = others * (1 + domain.margin) + shares
    else:
        others = np.maximum(np.abs(matrix).sum(axis=1), 1)
        dominating = others * (1 + domain.margin * (1 + shares))
    sign = 1.0 if domain.positive_diagonal else np.resize(rows.sign, n)
    diagonal = dominating.astype(fmt.numpy_dtype)
    short = diagonal.astype(np.float64) < others * (1 + domain.margin)
    diagonal = np.where(short, floats_at(ordinals(diagonal) + 1, fmt), diagonal)
    np.fill_diagonal(matrix, sign * diagonal.astype(np.float64))
    scale = np.ldexp(1.0, (0, 1, 2, -1, -2)[int(shared.choice(5)[0])])
    return np.asarray(matrix * scale, dtype=fmt.numpy_dtype)


def matrices(
    n: int, fmt: FloatFormat, *, domain: WellConditioned | None = None
) -> st.SearchStrategy[NDArray[Any]]:
    """Square matrices, strictly diagonally dominant by rows and, from order 2, not symmetric.

    Args:
        n: the order.
        fmt: the format of the entries, each exactly representable.
        domain: how dominant the diagonal is; ``WellConditioned()`` unless given.

    Raises:
        InvalidArgument: an argument is not what it should be.

    """
    domain = WellConditioned() if domain is None else domain
    check_matrix(n, fmt, domain)
    return _matrices(n, fmt, domain)


@lru_cache(maxsize=1024)
def _matrices(n: int, fmt: FloatFormat, domain: WellConditioned) -> st.SearchStrategy[NDArray[Any]]:
    def build(drawn: bytes) -> NDArray[Any]:
        return fill_matrix(n, fmt, domain, decode(drawn))

    return drawn_bytes(matrix_codes_needed(n, limit=32)).map(build)


def singular_matrices(n: int, fmt: FloatFormat) -> st.SearchStrategy[NDArray[Any]]:
    """Exactly singular matrices: equal rows, a row twice another, a zero row or column.

    Args:
        n: the order, at least 1; of order 1 there is only (0).
        fmt: the format of the entries.

    Raises:
        InvalidArgument: an argument is not what it should be.

    """
    check_matrix(n, fmt, WellConditioned(), least=1)
    if n == 1:
        return st.just(np.zeros((1, 1), fmt.numpy_dtype))
    kinds = st.sampled_from(("equal rows", "proportional rows", "zero row", "zero column"))
    places = st.permutations(range(n)).map(lambda order: (order[0], order[1]))
    return st.tuples(matrices(n, fmt), kinds, places).map(_make_singular)


def _make_singular(parts: tuple[NDArray[Any], str, tuple[int, int]]) -> NDArray[Any]:
    matrix, kind, (source, target) = parts
    singular = matrix.copy()
    if kind == "zero column":
        singular[:, target] = 0
    elif kind == "zero row":
        singular[target] = 0
    else:
        singular[target] = singular[source] * singular.dtype.type(
            2 if kind == "proportional rows" else 1
        )
    return singular
