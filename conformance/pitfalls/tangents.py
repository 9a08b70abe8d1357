"""Primal, tangent and cotangent must have one structure, one shape, one dtype."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, family
from gradlaw.conformance.pitfalls.sources import COOKBOOK, JVP, VJP

_ROW = "jnp.array([1.0, 3.0])"
_SQUARE = "square = lambda x: x * x\n"
_BACK = f"{_SQUARE}value, back = jax.vjp(square, {_ROW})\n"
_PARAMS = "loss = lambda p: p['w'] * p['b']\nparams = {'w': 2.0, 'b': 3.0}\n"

TANGENTS = family(
    "Tangents and cotangents",
    Pitfall(
        name="tangents_not_a_tuple",
        misuse=f"{_SQUARE}jax.jvp(square, 3.0, 1.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "primal and tangent arguments to jax.jvp must be tuples or lists; found … and "
                    "…."
                ),
            ),
        ),
        remedy="Primals and tangents come in tuples, however few they are.",
        remedied=f"{_SQUARE}jax.jvp(square, (3.0,), (1.0,))",
        right=(9.0, 6.0),
        source=JVP,
    ),
    Pitfall(
        name="too_few_tangents",
        misuse="jax.jvp(lambda w, x: w * x, (2.0, 3.0), (1.0,))",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "primal and tangent arguments to jax.jvp must have the same tree structure; "
                    "primals have tree structure PyTreeDef((*, *)) whereas tangents have tree "
                    "structure PyTreeDef((*,))."
                ),
            ),
        ),
        remedy="One tangent for each primal: 0.0 where nothing moves.",
        remedied="jax.jvp(lambda w, x: w * x, (2.0, 3.0), (1.0, 0.0))",
        right=(6.0, 3.0),
        source=JVP,
    ),
    Pitfall(
        name="tangent_of_another_structure",
        misuse=f"{_PARAMS}jax.jvp(loss, (params,), ({{'w': 1.0}},))",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "primal and tangent arguments to jax.jvp must have the same tree structure; "
                    "primals have tree structure PyTreeDef(({'b': *, 'w': *},)) whereas tangents "
                    "have tree structure PyTreeDef(({'w': *},))."
                ),
            ),
        ),
        remedy="The tangent has all of the primal's leaves: 0.0 where nothing moves.",
        remedied=f"{_PARAMS}jax.jvp(loss, (params,), ({{'w': 1.0, 'b': 0.0}},))",
        right=(6.0, 3.0),
        source=JVP,
    ),
    Pitfall(
        name="tangent_of_another_shape",
        misuse=f"{_SQUARE}jax.jvp(square, ({_ROW},), (1.0,))",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "jvp called with different primal and tangent shapes;…Got primal shape (2,) "
                    "and tangent shape as ()"
                ),
            ),
        ),
        remedy="A tangent has its primal's shape: nothing is broadcast.",
        remedied=f"{_SQUARE}jax.jvp(square, ({_ROW},), (jnp.ones(2),))",
        right=([1.0, 9.0], [2.0, 6.0]),
        source=JVP,
    ),
    Pitfall(
        name="tangent_of_another_dtype",
        misuse=f"{_SQUARE}jax.jvp(square, ({_ROW},), (jnp.ones(2, jnp.float16),))",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "primal and tangent arguments to jax.jvp do not match; dtypes must be equal, "
                    "or in case of int/bool primal dtype the tangent dtype must be float0.…Got "
                    "primal dtype float32 and so expected tangent dtype float32, but got tangent "
                    "dtype float16 instead."
                ),
            ),
        ),
        remedy="A tangent has its primal's dtype: astype(x.dtype).",
        remedied=f"{_SQUARE}jax.jvp(square, ({_ROW},), (jnp.ones(2),))",
        right=([1.0, 9.0], [2.0, 6.0]),
        source=JVP,
    ),
    Pitfall(
        name="linearized_at_another_shape",
        misuse=f"{_SQUARE}value, push = jax.linearize(square, {_ROW})\npush(1.0)",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "linearized function called on tangent values inconsistent with the original "
                    "primal values: got tangent aval ShapedArray(float32[]…) for primal aval "
                    "ShapedArray(float32[2]) but expected ShapedArray(float32[2])"
                ),
                releases=">=0.5,<0.6.1",
            ),
            Raises(
                error="ValueError",
                message=(
                    "linearized function called on tangent values inconsistent with the original "
                    "primal values:\n"
                    "Got tangent aval …float32[] for primal aval float32[2] but expected "
                    "float32[2]."
                ),
                releases=">=0.6.1",
            ),
        ),
        remedy="What linearize returns takes tangents of the point's shape.",
        remedied=f"{_SQUARE}value, push = jax.linearize(square, {_ROW})\npush(jnp.ones(2))",
        right=[2.0, 6.0],
        source=COOKBOOK,
    ),
    Pitfall(
        name="cotangent_of_another_structure",
        misuse=f"{_BACK}back((jnp.ones(2), jnp.ones(2)))",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "unexpected tree structure of argument to vjp function: got PyTreeDef((*, *)), "
                    "but expected to match PyTreeDef(*)"
                ),
                releases=">=0.5,<0.8.1",
            ),
            Raises(
                error="ValueError",
                message=(
                    "unexpected tree structure.\n"
                    "\n"
                    "The argument to a VJP function returned by `jax.vjp` must match the pytree\n"
                    "structure of the differentiated function <lambda> at ….\n"
                    "\n"
                    "But the tree structures differ:\n"
                    "  * out was a pytree leaf in the original…output, but a <class 'tuple'> here, "
                    "so their Python types differ."
                ),
                releases=">=0.8.1",
            ),
        ),
        remedy="The cotangent has the output's structure: one array here.",
        remedied=f"{_BACK}back(jnp.ones(2))[0]",
        right=[2.0, 6.0],
        source=VJP,
    ),
    Pitfall(
        name="cotangent_of_another_shape",
        misuse=f"{_BACK}back(1.0)",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "unexpected JAX type (e.g. shape/dtype) for argument to … function: got "
                    "float32[], but expected float32[2] because the corresponding output of the "
                    "…function… had JAX type float32[2]"
                ),
            ),
        ),
        remedy="The cotangent has the output's shape: jnp.ones_like(value).",
        remedied=f"{_BACK}back(jnp.ones_like(value))[0]",
        right=[2.0, 6.0],
        source=VJP,
    ),
    Pitfall(
        name="cotangent_of_another_dtype",
        misuse=f"{_BACK}back(jnp.ones(2, jnp.float16))",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "unexpected JAX type (e.g. shape/dtype) for argument to … function: got "
                    "float16[2], but expected float32[2] because the corresponding output of the "
                    "…function… had JAX type float32[2]"
                ),
            ),
        ),
        remedy="The cotangent has the output's dtype: astype(value.dtype).",
        remedied=f"{_BACK}back(jnp.ones(2, jnp.float16).astype(value.dtype))[0]",
        right=[2.0, 6.0],
        source=VJP,
    ),
    Pitfall(
        name="too_many_cotangents",
        misuse=f"{_BACK}back(jnp.ones(2), jnp.ones(2))",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "The function returned by `jax.vjp` applied to <lambda> was called with 2 "
                    "arguments, but functions returned by `jax.vjp` must be called with a single "
                    "argument corresponding to the single value returned by <lambda> (even if that "
                    "returned value is a tuple or other container).…"
                ),
                releases=">=0.5,<0.8.1",
            ),
            Raises(
                error="TypeError",
                message=(
                    "\nThe function returned by `jax.vjp` applied to <lambda> was called with 1 "
                    "arguments,\nbut functions returned by `jax.vjp` must be called with a single "
                    "argument\ncorresponding to the single value returned by the function being "
                    "differentiated\n(even if that returned value is a tuple or other container).…"
                ),
                releases=">=0.8.1,<0.10",
            ),
            Raises(
                error="TypeError",
                message=(
                    "\nThe function returned by `jax.vjp` applied to <lambda> was called with 2 "
                    "arguments,\nbut functions returned by `jax.vjp` must be called with a single "
                    "argument\ncorresponding to the single value returned by the function being "
                    "differentiated\n(even if that returned value is a tuple or other container).…"
                ),
                releases=">=0.10",
            ),
        ),
        remedy="One cotangent, shaped as the output; the result is a tuple over the primals.",
        remedied=f"{_BACK}back(jnp.ones(2))[0]",
        right=[2.0, 6.0],
        source=VJP,
    ),
    Pitfall(
        name="pull_back_not_unpacked",
        misuse=f"{_BACK}(lambda ct: 2.0 * back(ct))(jnp.ones(2))",
        expects=(
            Raises(
                error="TypeError",
                message="can't multiply sequence by non-int of type 'float'",
            ),
        ),
        remedy="A pull-back returns a tuple with a cotangent for each primal: unpack it.",
        remedied=f"{_BACK}(gradient,) = back(jnp.ones(2))\n2.0 * gradient",
        right=[4.0, 12.0],
        source=VJP,
    ),
    Pitfall(
        name="transpose_of_what_is_not_linear",
        misuse="jax.linear_transpose(lambda x: x * x, 3.0)(1.0)",
        expects=(
            Raises(
                error="AssertionError",
                message="",
                releases=">=0.5,<0.10.1",
            ),
            Raises(
                error="AssertionError",
                message="(ValAccum(~float32[]), ValAccum(~float32[]))",
                releases=">=0.10.1",
            ),
        ),
        remedy="Linearize first: jax.vjp transposes the linear part.",
        remedied="jax.vjp(lambda x: x * x, 3.0)[1](1.0)[0]",
        right=6.0,
        source=COOKBOOK,
    ),
    Pitfall(
        name="linear_transpose_of_another_shape",
        misuse=f"jax.linear_transpose(lambda x: 2.0 * x, {_ROW})(1.0)",
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "cotangent type does not match function output, expected "
                    "(ShapedArray(float32[2]),) but got […"
                ),
            ),
        ),
        remedy="It takes a cotangent of the output's shape.",
        remedied=f"jax.linear_transpose(lambda x: 2.0 * x, {_ROW})(jnp.ones(2))[0]",
        right=[2.0, 2.0],
        source=COOKBOOK,
    ),
)
