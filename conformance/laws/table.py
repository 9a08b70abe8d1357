"""The laws that every case meets."""

from __future__ import annotations

from gradlaw.conformance.laws.composition import Law

LAWS: tuple[Law, ...] = tuple(
    Law(name=name)
    for name in (
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
        "jacfwd",
        "jit(jacfwd)",
        "vmap(jacfwd)",
        "jacfwd(grad)",
        "jit(jacfwd(grad))",
        "value_and_grad(grad)",
        "vmap(value_and_grad)",
        "jit(vmap(value_and_grad))",
    )
)


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
