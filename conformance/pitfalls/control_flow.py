"""Python where traced values flow: branches, loop bounds, NumPy, and reverse mode's loops."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gradlaw.conformance.documents import COMPILATION, REVISITED
from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises

CONTROL_FLOW = "JAX documentation, Control flow and logical operators with JIT"


def _traced_for_jit(begins: str, function: str, depends: str, error: str) -> str:
    return (
        begins + rf"\nThe error occurred while tracing the function {function} at .+:\d+ for jit\. "
        rf"This concrete value was not available in Python because it depends on {depends}\.\n"
        rf"See https://\S+#jax\.errors\.{error}"
    )


_BOOLEAN = r"Attempted boolean conversion of traced array with shape bool\[\]\."
_SYSTEM = ([[2.0, 0.0], [2.0, 4.0]], [2.0, 10.0])


def _system() -> tuple[Any, Any]:
    return jnp.array(_SYSTEM[0]), jnp.array(_SYSTEM[1])


def _jacobi(A: Any, b: Any) -> Any:
    x = jnp.zeros_like(b)
    for _ in range(9):
        left = b - A @ x
        if jnp.linalg.norm(left) < 0.5:
            break
        x = x + left / jnp.diag(A)
    return x


def _jacobi_traced(A: Any, b: Any) -> Any:
    def unsolved(state: tuple[Any, Any]) -> Any:
        step, x = state
        return (step < 9) & (jnp.linalg.norm(b - A @ x) >= 0.5)

    def improve(state: tuple[Any, Any]) -> tuple[Any, Any]:
        step, x = state
        return step + 1, x + (b - A @ x) / jnp.diag(A)

    return jax.lax.while_loop(unsolved, improve, (0, jnp.zeros_like(b)))[1]


def _power(v: Any, n: Any) -> Any:
    product = 1.0
    for _ in range(n):
        product = product * v
    return product


def _cube_by_while(v: Any) -> Any:
    last = jax.lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, s[1] * v), (0, 1.0))
    return last[1]


def _cube_by_fori(v: Any) -> Any:
    return jax.lax.fori_loop(0, 3, lambda _, product: product * v, 1.0)


def _cube_by_scan(v: Any) -> Any:
    return jax.lax.scan(lambda product, _: (product * v, None), 1.0, None, length=3)[0]


def _hinge(x: Any) -> Any:
    return 3.0 * x if x > 0 else 5.0 * x


BRANCHES = (
    Pitfall(
        name="jitted_solver_that_breaks",
        misuse=(
            "def solve(A, b):\n"
            "    x = jnp.zeros_like(b)\n"
            "    for _ in range(9):\n"
            "        left = b - A @ x\n"
            "        if jnp.linalg.norm(left) < 0.5:\n"
            "            break\n"
            "        x = x + left / jnp.diag(A)\n"
            "    return x\n"
            "jax.jit(solve)(jnp.array([[2.0, 0.0], [2.0, 4.0]]), jnp.array([2.0, 10.0]))"
        ),
        wrap=lambda: jax.jit(_jacobi),
        arguments=_system,
        raises=(
            Raises(
                error="TracerBoolConversionError",
                message=_traced_for_jit(
                    _BOOLEAN,
                    r"\w+",
                    "the values of the arguments A and b",
                    "TracerBoolConversionError",
                ),
                phase="trace",
            ),
        ),
        remedy="Let jax.lax.while_loop decide when to stop; without jit, Python may.",
        remedied=lambda: (jax.jit(_jacobi_traced)(*_system()), _jacobi(*_system())),
        right=([1.0, 2.0], [1.0, 2.0]),
        source=COMPILATION,
    ),
    Pitfall(
        name="branch_in_a_jitted_gradient",
        misuse="jax.jit(jax.grad(lambda x: 3.0 * x if x > 0 else 5.0 * x))(-2.0)",
        wrap=lambda: jax.jit(jax.grad(_hinge)),
        arguments=lambda: (-2.0,),
        raises=(
            Raises(
                error="TracerBoolConversionError",
                message=_traced_for_jit(
                    _BOOLEAN,
                    r"(?:\w+|<lambda>)",
                    "the value of the argument x",
                    "TracerBoolConversionError",
                ),
                phase="trace",
            ),
        ),
        remedy="Choose with jnp.where or jax.lax.cond; grad without jit follows Python's branch.",
        remedied=lambda: (
            jax.jit(jax.grad(lambda x: jnp.where(x > 0, 3.0 * x, 5.0 * x)))(-2.0),
            jax.jit(
                jax.grad(lambda x: jax.lax.cond(x > 0, lambda v: 3.0 * v, lambda v: 5.0 * v, x))
            )(-2.0),
            jax.grad(_hinge)(-2.0),
        ),
        right=(5.0, 5.0, 5.0),
        source=REVISITED,
    ),
    Pitfall(
        name="loop_bound_that_is_traced",
        misuse=(
            "def power(v, n):\n"
            "    product = 1.0\n"
            "    for _ in range(n):\n"
            "        product = product * v\n"
            "    return product\n"
            "jax.jit(power)(2.0, 3)"
        ),
        wrap=lambda: jax.jit(_power),
        arguments=lambda: (2.0, 3),
        raises=(
            Raises(
                error="TracerIntegerConversionError",
                message=_traced_for_jit(
                    r"The __index__\(\) method was called on traced array with shape "
                    r"int(32|64)\[\]",
                    r"\w+",
                    "the value of the argument n",
                    "TracerIntegerConversionError",
                ),
                phase="trace",
            ),
        ),
        remedy="Declare the count static: static_argnums, or give it before jit.",
        remedied=lambda: (
            jax.jit(_power, static_argnums=1)(2.0, 3),
            jax.jit(jax.grad(_power), static_argnums=1)(2.0, 3),
        ),
        right=(8.0, 12.0),
        source=COMPILATION,
    ),
    Pitfall(
        name="numpy_on_a_traced_value",
        misuse="jax.jit(lambda x: np.square(x) + x)(3.0)",
        wrap=lambda: jax.jit(lambda x: np.square(x) + x),
        arguments=lambda: (3.0,),
        raises=(
            Raises(
                error="TracerArrayConversionError",
                message=_traced_for_jit(
                    r"The numpy\.ndarray conversion method __array__\(\) was called on traced "
                    r"array with shape float(32|64)\[\]",
                    "<lambda>",
                    "the value of the argument x",
                    "TracerArrayConversionError",
                ),
                phase="trace",
            ),
        ),
        remedy="Call jax.numpy.",
        remedied=lambda: (
            jax.jit(lambda x: jnp.square(x) + x)(3.0),
            jax.jit(jax.grad(lambda x: jnp.square(x) + x))(3.0),
        ),
        right=(12.0, 7.0),
        source=REVISITED,
    ),
)

LOOPS = (
    Pitfall(
        name="reverse_through_while_loop",
        misuse=(
            "def cube(v):\n"
            "    more = lambda s: s[0] < 3\n"
            "    return jax.lax.while_loop(more, lambda s: (s[0] + 1, s[1] * v), (0, 1.0))[1]\n"
            "jax.grad(cube)(2.0)"
        ),
        wrap=lambda: jax.grad(_cube_by_while),
        arguments=lambda: (2.0,),
        raises=(
            Raises(
                error="ValueError",
                message=(
                    r"Reverse-mode differentiation does not work for lax\.while_loop or "
                    r"lax\.fori_loop with dynamic start/stop values\. Try using lax\.scan, or "
                    r"using fori_loop with static start/stop\."
                ),
                phase="trace",
            ),
        ),
        remedy="A fixed count (lax.fori_loop, lax.scan), or forward mode (jax.jacfwd).",
        remedied=lambda: (
            jax.grad(_cube_by_fori)(2.0),
            jax.grad(_cube_by_scan)(2.0),
            jax.jacfwd(_cube_by_while)(2.0),
        ),
        right=(12.0, 12.0, 12.0),
        source=CONTROL_FLOW,
    ),
)
