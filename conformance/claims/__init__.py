"""The numbers and behaviours that the tutorials state, confirmed or refuted by an oracle.

Another tutorial is one file here, like `cookbook.py`: a `tutorial`, with its title and its address
at a fixed version, of `Shown` snippets, each with the output that stands under it, copied as it is
printed, and with what is true. Its claims, added to `table.py`, are nodes of their own, and rows of
the report's table *Claims of documents*::

    QUICKSTART_CLAIMS = tutorial(
        "quickstart",
        "Quickstart",
        "https://...",
        Shown(
            name="slope",
            statement="The derivative of x sin x at 2.",
            code="jax.grad(lambda x: x * jnp.sin(x))(2.0)",
            output="0.0770037",
            truth="traced(lambda x: x * jnp.sin(x), 2.0).gradient()",
        ),
    )

Of a number, what is true is read from the function's own program by the traced oracle, or
written in SymPy; how far rounding may carry JAX's number and the printed one is read from the
program of the snippet's last line. A document that prints another number is *refuted*, which is a
finding and fails nothing; a JAX that returns another one fails.
"""
