"""Special functions: their derivatives for SymPy, their certified values for Arb."""
