"""Matrix factorisations: values and differentials over a domain's scalars, and rounding."""
