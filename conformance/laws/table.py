"""The laws that every case meets."""

from __future__ import annotations

from gradlaw.conformance.laws.composition import Law

IN_EVERY_DTYPE = (
    "grad",
    "jit(grad)",
    "grad(jit)",
    "value_and_grad",
    "jit(value_and_grad)",
    "grad(grad)",
    "vmap(grad)",
    "jit(vmap(grad))",
    "vmap(jit(grad))",
    "vmap(grad(jit))",
    "grad(mean(vmap))",
    "jit(grad(mean(vmap)))",
    "mean(vmap(grad))",
)
"""The laws that a case with a formula meets in every dtype, where the profile says so."""

IN_ONE_DTYPE = (
    "jacfwd",
    "jit(jacfwd)",
    "vmap(jacfwd)",
    "jacfwd(grad)",
    "jit(jacfwd(grad))",
    "value_and_grad(grad)",
    "vmap(value_and_grad)",
    "jit(vmap(value_and_grad))",
)
"""Those that add a mode, an order or a value to them, and that it meets in one."""

LAWS: tuple[Law, ...] = tuple(Law(name=name) for name in (*IN_EVERY_DTYPE, *IN_ONE_DTYPE))


def law_named(name: str) -> Law:
    """The law of that name.

    Raises:
        KeyError: naming the laws there are.
    """
    for law in LAWS:
        if law.name == name:
            return law
    message = f"no law is called {name!r}; there are {', '.join(law.name for law in LAWS)}"
    raise KeyError(message)
