"""A case: a JAX function, its formula, and where it is defined."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy

from gradlaw.oracles.closed_form import ClosedForm
from gradlaw.strategies.domains import Domain, WellConditioned
from gradlaw.strategies.signatures import Signature

FLOATING = ("float16", "bfloat16", "float32", "float64")
DTYPES = (*FLOATING, "python")
"""``python`` stands for Python scalars (weak types) in every place of rank 0."""

ALONG_A_CURVE = " along a curve"
"""What the name of a case ends with that is another one, moved along a curve."""

STEP = "along"
"""The leaf of such a case: how far the arguments have moved. Not yet: they lie where drawn."""

IN_ALL_RANKS = " in all ranks"
"""What the name of a case ends with that is another one, in several ranks at once."""

PASSED_TWICE = " passed twice"
"""What the name of a case ends with that is another one, two of whose arguments are one array."""

IN_MIXED_DTYPES = " in mixed dtypes"
"""What the name of a case ends with that is another one, some of whose arguments are converted."""

BESIDE_INTEGERS = " beside integers"
"""What the name of a case ends with that is another one, given whole numbers."""

IN_WIDE_RANGES = " in wide ranges"
"""What the name of a case ends with that is another one, of numbers that may overflow."""

DERIVED = (
    IN_ALL_RANKS,
    PASSED_TWICE,
    IN_MIXED_DTYPES,
    BESIDE_INTEGERS,
    IN_WIDE_RANGES,
    ALONG_A_CURVE,
)
"""What names of derived cases end with; a curve may end any of the others'."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scalar function of arrays, and its oracle: a formula, or what its program is traced to.

    Attributes:
        name: unique; what node ids and reports call it.
        function: written in JAX.
        formula: SymPy; every symbol is a leaf's or a size's name. Where there is none, the oracle
            is read from the function's own program.
        signature: core shapes of the leaves in flattening order, as in ``"(),(),(n)->()"``.
        source: where the function comes from.
        arguments: for each argument a pytree of leaf names; the function's parameter names where
            it is not given.
        domains: where leaves may lie, both parts of complex ones; all reals where nothing is said.
        regions: value regions that are drawn; all where it is None.
        min_size: the smallest size of a named axis for which the formula is defined.
        max_size: the largest size of a named axis that is drawn.
        max_batch: the largest batch that is drawn.
        dtypes: dtypes it is judged in.
        heavy: it takes seconds to compile, so that each node gets one plan.
        once: JAX differentiates its derivative by no reverse mode, so that no law of second order
            applies.
        reverse_only: its rule of reverse mode is one that forward mode refuses (``custom_vjp``), so
            that no law of first order in forward mode applies.
        holomorphic: it is complex-differentiable in all its arguments, and differentiated as such;
            any other function of complex numbers has real values.
        solve_backward_error: where the function solves linear systems by a method of its own, the
            norm-wise backward error at which that method stops, in units of (n + 1)·u.
        reference: a JAX function of the same values by another method, whose program is the oracle
            where the function's own has no derivative though the function has; what rounding costs
            either of the two is attainable.
        approximated: whether the function's program only approximates the reference, and its rule
            is that of the reference: by numbers alone can it be judged.
        only_read: whether its program is one of more devices than a process has, or of others, so
            that it is read, and never called.
        along: the leaf of rank 0 that it is there to be differentiated by, twice or in forward
            mode. Any leaf, and by all laws, where it is None.
    """

    name: str
    function: Callable[..., Any]
    signature: str
    source: str
    formula: sympy.Expr | None = None
    arguments: tuple[Any, ...] | None = None
    domains: Mapping[str, Domain | WellConditioned] = field(default_factory=dict)
    regions: tuple[str, ...] | None = None
    min_size: int = 0
    max_size: int = 1000
    max_batch: int = 100_000
    dtypes: tuple[str, ...] = DTYPES
    heavy: bool = False
    once: bool = False
    reverse_only: bool = False
    holomorphic: bool = False
    solve_backward_error: float | None = None
    reference: Callable[..., Any] | None = None
    approximated: bool = False
    only_read: bool = False
    along: str | None = None

    def __post_init__(self) -> None:
        shapes = Signature.parse(self.signature).leaves
        if len(shapes) != len(self.leaves):
            message = (
                f"case {self.name!r}: the signature {self.signature!r} has {len(shapes)} leaves, "
                f"its arguments have {len(self.leaves)}: {', '.join(self.leaves)}"
            )
            raise ValueError(message)
        if strangers := set(self.domains) - set(self.leaves):
            message = (
                f"case {self.name!r} states domains for {sorted(strangers)}, which are no leaves"
            )
            raise ValueError(message)

    @cached_property
    def trees(self) -> tuple[Any, ...]:
        """For each argument the pytree of its leaves' names."""
        if self.arguments is not None:
            return self.arguments
        return tuple(inspect.signature(self.function).parameters)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The leaves' names in JAX's flattening order."""
        return tuple(names for tree in self.trees for names in leaf_names(tree))

    @cached_property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """Each leaf's sizes by name."""
        return dict(zip(self.leaves, Signature.parse(self.signature).leaves, strict=True))

    @property
    def is_complex(self) -> bool:
        """Whether its arguments are complex numbers."""
        return all(dtype.startswith("complex") for dtype in self.dtypes)

    @property
    def reading_dtype(self) -> str:
        """The dtype of the numbers at which its rule is read."""
        return "complex64" if self.is_complex else "float32"

    @property
    def takes_scalars(self) -> bool:
        """Whether some leaf can have rank 0, and so be a Python scalar."""
        return any(all(axis.startswith("*") for axis in axes) for axes in self.axes.values())

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The formula with the derivatives that SymPy finds.

        Raises:
            TypeError: for a case without a formula.
        """
        if self.formula is None:
            message = f"case {self.name!r} has no formula: its oracle is traced"
            raise TypeError(message)
        return ClosedForm(self.formula, self.axes)

    def assemble(self, leaves: Mapping[str, Any]) -> tuple[Any, ...]:
        """The arguments, with each leaf's name replaced by what ``leaves`` has for it."""
        import jax

        return tuple(jax.tree.map(lambda name: leaves[name], tree) for tree in self.trees)


def leaf_names(tree: Any) -> list[str]:
    """The names in a pytree of names, in JAX's flattening order."""
    import jax

    return [tree] if isinstance(tree, str) else jax.tree.leaves(tree)
