"""Static arguments: hashable, compared by value, never arrays."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.pitfall import Pitfall, Raises, Yields, family
from gradlaw.conformance.pitfalls.sources import JIT, STAGES

_SCALED = "scaled = lambda x, by: x * by[0]\n"

STATIC = family(
    "Static arguments",
    Pitfall(
        name="static_list",
        misuse=f"{_SCALED}jax.jit(scaled, static_argnums=1)(3.0, [2.0])",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Non-hashable static arguments are not supported. An error occurred while "
                    "trying to hash an object of type <class 'list'>, […. The error was:\n"
                    "TypeError: unhashable type: 'list'\n"
                ),
            ),
        ),
        remedy="A tuple is hashable.",
        remedied=f"{_SCALED}jax.jit(scaled, static_argnums=1)(3.0, (2.0,))",
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="static_dict",
        misuse=(
            "scaled = lambda x, options: x * options['by']\n"
            "jax.jit(scaled, static_argnames='options')(3.0, options={'by': 2.0})"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Non-hashable static arguments are not supported. An error occurred while "
                    "trying to hash an object of type <class 'dict'>, {'by': …. The error was:\n"
                    "TypeError: unhashable type: 'dict'\n"
                ),
            ),
        ),
        remedy="A frozen dataclass, or a tuple of pairs.",
        remedied=(
            "scaled = lambda x, options: x * dict(options)['by']\n"
            "jax.jit(scaled, static_argnames='options')(3.0, options=(('by', 2.0),))"
        ),
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="static_numpy_array",
        misuse=f"{_SCALED}jax.jit(scaled, static_argnums=1)(3.0, np.array([2]))",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Non-hashable static arguments are not supported. An error occurred while "
                    "trying to hash an object of type <class 'numpy.ndarray'>, [2]. The error "
                    "was:\n"
                    "TypeError: unhashable type: 'numpy.ndarray'\n"
                ),
            ),
        ),
        remedy="An array is traced: leave it an ordinary argument.",
        remedied=f"{_SCALED}jax.jit(scaled)(3.0, np.array([2]))",
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="static_jax_array",
        misuse=f"{_SCALED}jax.jit(scaled, static_argnums=1)(3.0, jnp.array([2]))",
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Non-hashable static arguments are not supported. An error occurred while "
                    "trying to hash an object of type <class '…'>, [2]. The error was:\n"
                    "TypeError: unhashable type: …\n"
                ),
            ),
        ),
        remedy="An array is traced: leave it an ordinary argument.",
        remedied=f"{_SCALED}jax.jit(scaled)(3.0, jnp.array([2]))",
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="static_object_compared_by_value_without_a_hash",
        misuse=(
            "class Scale:\n"
            "    def __init__(self, by):\n"
            "        self.by = by\n"
            "    def __eq__(self, other):\n"
            "        return self.by == other.by\n"
            "jax.jit(lambda x, scale: x * scale.by, static_argnums=1)(3.0, Scale(2))"
        ),
        expects=(
            Raises(
                error="ValueError",
                message=(
                    "Non-hashable static arguments are not supported. An error occurred while "
                    "trying to hash an object of type <class 'Scale'>, <Scale object at …>. The "
                    "error was:\n"
                    "TypeError: unhashable type: 'Scale'\n"
                ),
            ),
        ),
        remedy="__eq__ without __hash__ makes a class unhashable: define both.",
        remedied=(
            "class Scale:\n"
            "    def __init__(self, by):\n"
            "        self.by = by\n"
            "    def __eq__(self, other):\n"
            "        return self.by == other.by\n"
            "    def __hash__(self):\n"
            "        return hash(self.by)\n"
            "jax.jit(lambda x, scale: x * scale.by, static_argnums=1)(3.0, Scale(2))"
        ),
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="jitted_method",
        misuse=(
            "class Model:\n"
            "    def __init__(self, w):\n"
            "        self.w = w\n"
            "    @jax.jit\n"
            "    def predict(self, x):\n"
            "        return self.w * x\n"
            "Model(2.0).predict(3.0)"
        ),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Error interpreting argument to <function Model.predict at …> as an abstract "
                    "array. The problematic value is of type <class 'Model'> and was passed to the "
                    "function at path self.\n"
                    "This typically means that a jit-wrapped function was called with a non-array "
                    "argument, and this argument was not marked as static using the static_argnums "
                    "or static_argnames parameters of jax.jit."
                ),
            ),
        ),
        remedy="Jit a function of the parameters, or register the class as a pytree.",
        remedied=("predict = jax.jit(lambda w, x: w * x)\npredict(2.0, 3.0)"),
        right=6.0,
        source=JIT,
    ),
    Pitfall(
        name="jitted_method_of_a_changed_object",
        misuse=(
            "from functools import partial\n"
            "class Model:\n"
            "    def __init__(self, w):\n"
            "        self.w = w\n"
            "    @partial(jax.jit, static_argnums=0)\n"
            "    def predict(self, x):\n"
            "        return self.w * x\n"
            "def train(x):\n"
            "    model = Model(2.0)\n"
            "    before = model.predict(x)\n"
            "    model.w = 5.0\n"
            "    return before, model.predict(x)\n"
            "train(3.0)  # both 6.0"
        ),
        expects=(
            Yields(
                value=(6.0, 6.0),
            ),
        ),
        remedy="A static object must not change: pass what is trained as an argument.",
        remedied=("predict = jax.jit(lambda w, x: w * x)\n(predict(2.0, 3.0), predict(5.0, 3.0))"),
        right=(6.0, 15.0),
        source=JIT,
    ),
    Pitfall(
        name="compiled_for_another_shape",
        misuse=(
            "square = lambda x: x * x\n"
            "compiled = jax.jit(square).lower(jnp.ones(2)).compile()\n"
            "compiled(jnp.ones(3))"
        ),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Argument types differ from the types for which this computation was compiled. "
                    "The mismatches are:\n"
                    "Argument 'x' compiled with float32[2] and called with float32[3]"
                ),
                releases=">=0.5,<0.7.2",
            ),
            Raises(
                error="TypeError",
                message=(
                    "Argument types differ from the types for which this computation was compiled. "
                    "Perhaps you are calling the compiled executable with a different enable_x64 "
                    "mode than when it was AOT compiled? The mismatches are:\n"
                    "Argument 'x' compiled with float32[2] and called with float32[3]"
                ),
                releases=">=0.7.2",
            ),
            Raises(
                error="TypeError",
                message=(
                    "Cannot apply JAX transformations to a function lowered and compiled for a "
                    "particular signature. Detected argument of Tracer type <class '…'>."
                ),
                modes=(
                    "jit",
                    "vmap",
                    "grad",
                    "scan",
                ),
            ),
        ),
        remedy="What is compiled ahead is for one shape and dtype: jit keeps one for each.",
        remedied="square = jax.jit(lambda x: x * x)\nsquare(jnp.ones(3))",
        right=[1.0, 1.0, 1.0],
        source=STAGES,
    ),
    Pitfall(
        name="compiled_then_differentiated",
        misuse=(
            "compiled = jax.jit(lambda x: x * x).lower(3.0).compile()\njax.grad(compiled)(3.0)"
        ),
        expects=(
            Raises(
                error="TypeError",
                message=(
                    "Cannot apply JAX transformations to a function lowered and compiled for a "
                    "particular signature. Detected argument of Tracer type <class '…'>."
                ),
            ),
        ),
        remedy="Differentiate first, then compile.",
        remedied="jax.jit(jax.grad(lambda x: x * x)).lower(3.0).compile()(3.0)",
        right=6.0,
        source=STAGES,
    ),
    Pitfall(
        name="compiler_option_that_is_none",
        misuse=(
            "options = {'xla_gradlaw_does_not_exist': True}\n"
            "jax.jit(lambda x: x * x, compiler_options=options)(3.0)"
        ),
        expects=(
            Raises(
                error="XlaRuntimeError",
                message="INVALID_ARGUMENT: No such compile option: 'xla_gradlaw_does_not_exist'",
                phase="call",
                releases=">=0.5,<0.8",
            ),
            Raises(
                error="JaxRuntimeError",
                message="INVALID_ARGUMENT: No such compile option: 'xla_gradlaw_does_not_exist'",
                phase="call",
                releases=">=0.8",
            ),
            Yields(
                value=9.0,
                releases=">=0.5,<0.7",
                modes=(
                    "jit",
                    "scan",
                ),
            ),
            Raises(
                error="ValueError",
                message=(
                    "`compiler_options` can only be passed to top-level `jax.jit`. Got "
                    "compiler_options={'xla_gradlaw_does_not_exist': True} specified on a nested "
                    "jit with name: <lambda> and source info: …"
                ),
                releases=">=0.7",
                modes=(
                    "jit",
                    "scan",
                ),
            ),
        ),
        remedy="Name an option of XLA's as XLA spells it.",
        remedied=(
            "lowered = jax.jit(lambda x: x * x).lower(3.0)\n"
            "lowered.compile(compiler_options={'xla_embed_ir_in_executable': True})(3.0)"
        ),
        right=9.0,
        source=STAGES,
    ),
)
