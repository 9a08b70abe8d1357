"""Branches of `jax.lax`: what decides, and what they must agree on."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import (
    COND,
    SWITCH,
)

_ROW = "jnp.array([1.0, 3.0])"

BRANCHES = family(
    "Branches that differ",
    Pitfall(
        name="cond_branches_of_another_dtype",
        misuse="jax.lax.cond(True, lambda x: x, lambda x: 1, 3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "true_fun output and false_fun output must have identical types, got\n"
                    "DIFFERENT ShapedArray(float32[]…) vs. ShapedArray(int32[], weak_type=True)."
                ),
                releases=">=0.5,<0.6",
            ),
            Raises(
                error="TypeError",
                message=(
                    "cond branches must have equal output types but they differ.\n"
                    "\n"
                    "true_fun is <lambda> at …\n"
                    "false_fun is <lambda> at …\n"
                    "\n"
                    "The output of true_fun has type float32[] but the corresponding output of "
                    "false_fun has type int32[], so the dtypes do not match.\n"
                    "\n"
                    "Revise true_fun and/or false_fun so that all output types match."
                ),
                releases=">=0.6",
            ),
        ),
        remedy="Both branches return one dtype: 1.0.",
        remedied="jax.lax.cond(True, lambda x: x, lambda x: 1.0, 3.0)",
        right=3.0,
        source=COND,
    ),
    Pitfall(
        name="cond_branches_of_another_shape",
        misuse=f"jax.lax.cond(True, lambda x: x, lambda x: jnp.sum(x), {_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "true_fun output and false_fun output must have identical types, got\n"
                    "DIFFERENT ShapedArray(float32[2]) vs. ShapedArray(float32[])."
                ),
                releases=">=0.5,<0.6",
            ),
            Raises(
                error="TypeError",
                message=(
                    "cond branches must have equal output types but they differ.\n"
                    "\n"
                    "true_fun is <lambda> at …\n"
                    "false_fun is <lambda> at …\n"
                    "\n"
                    "The output of true_fun has type float32[2] but the corresponding output of "
                    "false_fun has type float32[], so the shapes do not match.\n"
                    "\n"
                    "Revise true_fun and/or false_fun so that all output types match."
                ),
                releases=">=0.6",
            ),
        ),
        remedy="Both branches return one shape.",
        remedied=f"jax.lax.cond(True, lambda x: x, lambda x: jnp.sum(x) + 0.0 * x, {_ROW})",
        right=[1.0, 3.0],
        source=COND,
    ),
    Pitfall(
        name="cond_branches_of_another_structure",
        misuse="jax.lax.cond(True, lambda x: x, lambda x: (x,), 3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "true_fun output must have same type structure as false_fun output, but there "
                    "are differences: \n"
                    "    * at output, true_fun output has pytree leaf and false_fun output has "
                    "<class 'tuple'>, so their Python types differ"
                ),
                releases=">=0.5,<0.6",
            ),
            Raises(
                error="TypeError",
                message=(
                    "cond branch outputs must have the same pytree structure, but they differ:\n"
                    "\n"
                    "true_fun is <lambda> at …\n"
                    "false_fun is <lambda> at …\n"
                    "\n"
                    "true_fun output is a pytree leaf but false_fun output is a <class 'tuple'>, "
                    "so their Python types differ.\n"
                    "\n"
                    "Revise true_fun and/or false_fun so that they have the same pytree structure."
                ),
                releases=">=0.6",
            ),
        ),
        remedy="Both branches return one pytree.",
        remedied="jax.lax.cond(True, lambda x: (x,), lambda x: (2.0 * x,), 3.0)[0]",
        right=3.0,
        source=COND,
    ),
    Pitfall(
        name="cond_branch_that_returns_nothing",
        misuse="jax.lax.cond(True, lambda x: x, lambda x: None, 3.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "true_fun output must have same type structure as false_fun output, but there "
                    "are differences: \n"
                    "    * at output, true_fun output has pytree leaf and false_fun output has "
                    "<class 'NoneType'>, so their Python types differ"
                ),
                releases=">=0.5,<0.6",
            ),
            Raises(
                error="TypeError",
                message=(
                    "cond branch outputs must have the same pytree structure, but they differ:\n"
                    "\n"
                    "true_fun is <lambda> at …\n"
                    "false_fun is <lambda> at …\n"
                    "\n"
                    "true_fun output is a pytree leaf but false_fun output is a <class "
                    "'NoneType'>, so their Python types differ.\n"
                    "\n"
                    "Revise true_fun and/or false_fun so that they have the same pytree structure."
                ),
                releases=">=0.6",
            ),
        ),
        remedy="Both branches return one pytree.",
        remedied="jax.lax.cond(True, lambda x: x, lambda x: 0.0 * x, 3.0)",
        right=3.0,
        source=COND,
    ),
    Pitfall(
        name="cond_of_an_array",
        misuse=f"jax.lax.cond({_ROW} > 2.0, lambda x: x, lambda x: 0.0 * x, {_ROW})",
        expects=(
            Raises(
                error="TypeError",
                message="Pred must be a scalar, got [False  True] of shape (2,).",
            ),
        ),
        remedy="One truth value chooses a branch; element by element it is jnp.where.",
        remedied=f"jnp.where({_ROW} > 2.0, {_ROW}, 0.0)",
        right=[0.0, 3.0],
        source=COND,
    ),
    Pitfall(
        name="cond_with_values_for_branches",
        misuse="jax.lax.cond(True, 3.0, 5.0)",
        expects=(
            Raises(
                error="TypeError",
                message="lax.cond: true_fun and false_fun arguments should be callable.",
            ),
        ),
        remedy="Branches are functions; values are chosen by jnp.where or jax.lax.select.",
        remedied="jnp.where(True, 3.0, 5.0)",
        right=3.0,
        source=COND,
    ),
    Pitfall(
        name="cond_branch_that_takes_nothing",
        misuse="jax.lax.cond(True, lambda: 3.0, lambda: 5.0, 3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="<lambda>() takes 0 positional arguments but 1 was given",
            ),
        ),
        remedy="Each branch takes all operands.",
        remedied="jax.lax.cond(True, lambda x: x, lambda x: 5.0, 3.0)",
        right=3.0,
        source=COND,
    ),
    Pitfall(
        name="switch_without_branches",
        misuse="jax.lax.switch(0, [], 3.0)",
        expects=(
            Raises(
                error="ValueError",
                message="Empty branch sequence",
            ),
        ),
        remedy="Give at least one branch.",
        remedied="jax.lax.switch(0, [lambda x: x], 3.0)",
        right=3.0,
        source=SWITCH,
    ),
    Pitfall(
        name="switch_by_a_float",
        misuse="jax.lax.switch(1.0, [lambda x: x, lambda x: 2.0 * x], 3.0)",
        expects=(
            Raises(
                error="TypeError",
                message="Index type must be an integer, got …",
                releases=">=0.5,<0.7",
            ),
            Raises(
                error="TypeError",
                message="Index type must be an integer, got … as float32",
                releases=">=0.7",
            ),
        ),
        remedy="The index is an integer.",
        remedied="jax.lax.switch(1, [lambda x: x, lambda x: 2.0 * x], 3.0)",
        right=6.0,
        source=SWITCH,
    ),
    Pitfall(
        name="switch_out_of_range",
        misuse="jax.lax.switch(7, [lambda x: x, lambda x: 2.0 * x], 3.0)  # the last branch",
        expects=(
            Yields(
                value=6.0,
            ),
        ),
        remedy="The index is clamped: check it where it is made.",
        remedied="jax.lax.switch(0, [lambda x: x, lambda x: 2.0 * x], 3.0)",
        right=3.0,
        source=SWITCH,
    ),
)
