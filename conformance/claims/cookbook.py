"""The claims of "The Autodiff Cookbook", as snippets with their outputs."""

from __future__ import annotations

from gradlaw.conformance.claims.tutorial import Shown, tutorial

_DATA = """\
def sigmoid(x):
    return 0.5 * (jnp.tanh(x / 2) + 1)

def predict(W, b, inputs):
    return sigmoid(jnp.dot(inputs, W) + b)

inputs = jnp.array([[0.52, 1.12,  0.77],
                   [0.88, -1.08, 0.15],
                   [0.52, 0.06, -1.30],
                   [0.74, -2.49, 1.39]])
targets = jnp.array([True, True, False, True])

def loss(W, b):
    preds = predict(W, b, inputs)
    label_probs = preds * targets + (1 - preds) * (1 - targets)
    return -jnp.sum(jnp.log(label_probs))

key = jax.random.key(0)
key, W_key, b_key = jax.random.split(key, 3)
W = jax.random.normal(W_key, (3,))
b = jax.random.normal(b_key, ())
f = lambda W: predict(W, b, inputs)
"""
_TRUE = """\
traced(
    lambda W, b, inputs: -jnp.sum(jnp.log(abs(1 - targets - predict(W, b, inputs)))), W, b, inputs
)"""
_DRAWN = "jax_threefry_partitionable is on since JAX 0.5: other weights are drawn than there"

COOKBOOK_CLAIMS = tutorial(
    "cookbook",
    "The Autodiff Cookbook",
    "https://github.com/jax-ml/jax/blob/01a644217fe564e141f33d3f45fda9c5787ab275/docs/notebooks/autodiff_cookbook.ipynb",
    Shown(
        name="first_derivative",
        statement="The derivative of tanh at 2.",
        code="jax.grad(jnp.tanh)(2.0)",
        output="0.070650935",
        truth="traced(jnp.tanh, 2.0).gradient()",
    ),
    Shown(
        name="second_derivative",
        statement="Its second derivative there, by grad of grad.",
        code="jax.grad(jax.grad(jnp.tanh))(2.0)",
        output="-0.13621889",
        truth="traced(jnp.tanh, 2.0).hessian()",
    ),
    Shown(
        name="third_derivative",
        statement="Its third, by grad of grad of grad.",
        code="jax.grad(jax.grad(jax.grad(jnp.tanh)))(2.0)",
        output="0.2526544",
        truth="traced(jnp.tanh, 2.0).directional({0: 1.0}, order=3)",
    ),
    Shown(
        name="gradient_of_loss",
        statement="The gradient of a logistic regression's loss by weights drawn from key 0.",
        code=f"{_DATA}jax.grad(loss, argnums=0)(W, b)",
        output="[-0.16965576 -0.8774645  -1.4901344 ]",
        truth=f"{_TRUE}.gradient(0)",
        reason=_DRAWN,
    ),
    Shown(
        name="both_gradients",
        statement="That, and the derivative by the drawn offset.",
        code=f"{_DATA}jax.grad(loss, (0, 1))(W, b)",
        output="([-0.16965576 -0.8774645  -1.4901344 ] -0.29227236)",
        truth=f"{_TRUE}.gradient(0), {_TRUE}.gradient(1)",
        reason=_DRAWN,
    ),
    Shown(
        name="jacobian_shape",
        statement="The Jacobian of 4 predictions by 3 weights has one row for each prediction.",
        code=f"{_DATA}jax.jacfwd(f)(W)",
        kind="shape",
        output="(4, 3)",
        truth="(4, 3)",
        reason="the output's shape comes before the argument's",
    ),
    Shown(
        name="hessian_shape",
        statement="jacfwd of jacrev of the predictions has another axis of the weights.",
        code=f"{_DATA}jax.jacfwd(jax.jacrev(f))(W)",
        kind="shape",
        output="(4, 3, 3)",
        truth="(4, 3, 3)",
        reason="the output's shape comes before the argument's, twice",
    ),
    Shown(
        name="gradient_of_a_vector",
        statement="A vector-valued gradient by vjp: that of 3x² at ones.",
        code=(
            "def vgrad(f, x):\n"
            "  y, vjp_fn = jax.vjp(f, x)\n"
            "  return vjp_fn(jnp.ones(y.shape))[0]\n"
            "\n"
            "vgrad(lambda x: 3*x**2, jnp.ones((2, 2)))"
        ),
        output="[[6. 6.]\n [6. 6.]]",
        truth="((6, 6), (6, 6))",
        reason="the derivative of 3x² is 6x, entry by entry",
    ),
)
